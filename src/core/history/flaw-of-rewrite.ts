// Phrases in which models refuse or speak of themselves, in the most frequent languages of questions.
const REFUSALS = [
  String.raw`(?:i['’]?m|i am) (?:really |very |so |truly )?(?:sorry|afraid|unable|not able|just an?|an? (?:ai|language|large))|sorry\b|apologies|my apologies|i apologi[sz]e|unfortunately\b`,
  String.raw`i (?:can(?:no|['’])?t|can not|could ?n[o'’]t|do(?: not|n['’]t) (?:have|know|understand)|won['’]t|will not|need more|must decline)\b|as an? (?:ai|artificial|language|large)\b|please (?:provide|clarify|specify)`,
  '(?:很|非常|十分|真的)?(?:抱歉|遗憾|遺憾)|对不起|對不起|不好意思|我(?:无法|無法|不能|没有|沒有|不知道|不确定)|作为(?:一个|一名)?(?:ai|人工智能|语言模型|大)|作為|请提供|無法|无法',
  '申し訳|すみません|恐れ入り|残念ながら|私は(?:ai|人工)|죄송|미안|유감|저는 (?:ai|인공)|할 수 없',
  String.raw`(?:es )?tut mir leid|leider\b|entschuldig|ich kann (?:das|die|dies|ihnen|dir|leider|nicht|keine)|als (?:ki|sprachmodell)|je suis (?:vraiment )?désolée?|désolée?\b|je ne peux|en tant qu['’](?:ia|intelligence)|malheureusement`,
  String.raw`lo siento|no puedo|como (?:modelo|ia|inteligencia)|lamentablemente|mi dispiace|non posso|in quanto|purtroppo|desculpe|sinto muito|lamento|não posso|infelizmente|het spijt me|helaas|ik kan (?:niet|geen|u|je)`,
  'извини|прости|к сожалению|я не могу|как (?:ии|языковая|искусственный)|вибач|на жаль|przepraszam|niestety|nie mogę|üzgünüm|maalesef|özür|xin lỗi|rất tiếc|maaf|ขออภัย|ขอโทษ',
  'آسف|أعتذر|عذر|لا أستطيع|لا يمكنني|متاسف|क्षमा|माफ|मुझे खेद|סליחה|מצטער|συγγνώμη|λυπάμαι',
].join('|')
const REFUSES = new RegExp(String.raw`^["'“«「]?(?:${REFUSALS})`, 'iu')

// Questions that a model asks back, and words for an empty answer.
const COUNTER_QUESTION = new RegExp(
  [
    String.raw`how (?:can|may) i (?:help|assist)|(?:can|could|would) you (?:please )?(?:clarify|specify|rephrase|elaborate|provide (?:more|some|additional|the|further))|what (?:do|did|are) you (?:mean|referring)|which (?:one|\w+) (?:do you mean|are you referring)`,
    '有什么(?:可以|能)帮|(?:您|你)(?:能|可以|能否|可否).{0,6}(?:提供|说明|澄清|补充)|(?:您|你)(?:指的是|是指|的意思)|您想问',
    'どのような.{0,10}(?:お手伝い|ご質問)|(?:詳しく|具体的に)教えて(?:いただけ|ください)|무엇을 도와|더 자세히 알려',
    String.raw`(?:könnten|können|kannst) (?:sie|du) (?:das |bitte |mir )*(?:präzisieren|erläutern|klären|mehr)|was meinen sie|was meinst du|pouvez-vous (?:préciser|clarifier|fournir|reformuler)|que voulez-vous dire|wie kann ich (?:ihnen|dir)`,
    String.raw`(?:puede|podría|puedes|podrías) (?:aclarar|especificar|proporcionar|reformular)|a qué (?:te|se) refieres?|como posso aju|in che modo posso|не могли бы вы|что вы имеете в виду|чем я могу`,
  ].join('|'),
  'iu',
)
const PLACEHOLDER =
  /^[[(<"'`]*(?:n\/?a|none|null|nil|undefined|empty|no question|unknown|无|無|なし|없음)[\])>"'`.]*$/iu

// Words for what a model does. A question without them is about a problem of the reader: "I can't log in, what now?"
const OF_A_MODEL =
  /help|assist|answer|provide|rewrite|rephras|clarif|mean|context|specif|information|帮助|协助|回答|提供|改写|说明/iu

const AGREES =
  /^(?:yes|no|yeah|nope|ja|nein|oui|non|s[íi]|sim|não|да|нет|是的|不是|对|没有|はい|いいえ|네|예|아니요|evet|hayır)[,.!;:，。！、]/iu
const ASKS = /[?？؟;؛]\s*["'”’»」）)]*$|[吗呢嗎か까][。.]?$/u
const STATES = /[.。．!！।]["'”’»」）)]*$/u
const SEVERAL_STATEMENTS = /[.。!！]\s*\S.*[.。!！]\s*\S.*[.。!！]/su

/**
 * Returns the reason why a text is certainly not a rewrite of a question: it refuses or answers. `undefined` if it may
 * be one. Readers write like this, too ("I can't log in"), so the questions of the conversation are checked as well.
 */
export function flawOfRewrite(query: string, questions: readonly string[]): string | undefined {
  const question = questions.at(-1) ?? ''
  const refuses = REFUSES.test(query) && !(ASKS.test(query) && !OF_A_MODEL.test(query))
  if (refuses && !questions.some((asked) => REFUSES.test(asked))) return 'a refusal'
  if (PLACEHOLDER.test(query) && !PLACEHOLDER.test(question)) return 'no question'
  if (COUNTER_QUESTION.test(query) && !COUNTER_QUESTION.test(question)) return 'a question of the model'
  if (AGREES.test(query) && !AGREES.test(question)) return 'an answer'
  const isQuestion = /[?？؟]/u.test(query) || ASKS.test(query)
  if (ASKS.test(question) && !isQuestion && STATES.test(query) && !isCommand(query)) return 'an answer'
  if (!isQuestion && SEVERAL_STATEMENTS.test(query) && !SEVERAL_STATEMENTS.test(question)) return 'an answer'
  return undefined
}

// "Tell me how long cats sleep." asks without a question mark.
function isCommand(query: string): boolean {
  return /^(?:please |can you |kindly )?(?:tell|explain|describe|list|give|show|name|summari[sz]e|compare|define|find|search|provide)\b|^(?:请|請|告诉|解释|描述|列出|说明|介绍|比较)/iu.test(
    query,
  )
}
