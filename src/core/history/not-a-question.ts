// How models refuse, or speak of themselves, in the languages that are asked in most.
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

// A reader's own trouble is asked about, and not what a model can do: "I can't log in, what now?"
const OF_A_MODEL =
  /help|assist|answer|provide|rewrite|rephras|clarif|mean|context|specif|information|帮助|协助|回答|提供|改写|说明/iu

const AGREES =
  /^(?:yes|no|yeah|nope|ja|nein|oui|non|s[íi]|sim|não|да|нет|是的|不是|对|没有|はい|いいえ|네|예|아니요|evet|hayır)[,.!;:，。！、]/iu
const ASKS = /[?？؟;؛]\s*["'”’»」）)]*$|[吗呢嗎か까][。.]?$/u
const STATES = /[.。．!！।]["'”’»」）)]*$/u
const SEVERAL_STATEMENTS = /[.。!！]\s*\S.*[.。!！]\s*\S.*[.。!！]/su

/**
 * Says why a text is certainly no rewrite of a question: it refuses, or it answers. Undefined if it may be one. A reader
 * may write like that, too ("I can't log in"), so that the questions of the conversation are looked at as well.
 */
export function flawOfRewrite(query: string, questions: readonly string[]): string | undefined {
  const question = questions.at(-1) ?? ''
  const refuses = REFUSES.test(query) && !(ASKS.test(query) && !OF_A_MODEL.test(query))
  if (refuses && !questions.some((asked) => REFUSES.test(asked))) return 'a refusal'
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
