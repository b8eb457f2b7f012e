/** The form of text that a question asks for; `undefined` for a sentence. */
export type AskedForm = 'steps' | 'list'

const ASKS_HOW = new RegExp(
  [
    String.raw`\bhow (?:do|can|should|would|to|does one)\b|\bcommands?\b`,
    '怎么|怎样|如何|命令|どうやって|どうすれば|方法|어떻게|방법',
    String.raw`(?<!\p{L})(?:wie (?:kann|soll|muss|mache|\p{L}+e) (?:ich|man|wir)|befehl|comment|cómo|come (?:si|posso|faccio|devo)|como (?:posso|se|faço|devo)|nasıl|как (?:мне|я|можно|\p{L}+ть)|كيف)(?!\p{L})`,
  ].join('|'),
  'iu',
)
const ASKS_LIST = new RegExp(
  [
    String.raw`\bwhich (?:\w+ )?\w+s\b|\bwhat (?:\w+ )?\w+s (?:should|can|may|are|do|must|have|need)\b`,
    '哪些|哪几|どんな|어떤',
    String.raw`(?<!\p{L})(?:welche \p{Lu}\p{L}+ |quels |quelles |qué \p{L}+s |cuáles|quali |quais |какие |hangi \p{L}+l[ae]r)`,
  ].join('|'),
  'iu',
)

/** Returns the form that fits a question best: steps or code for "How do I …?", a list for "Which … are there?". */
export function askedForm(question: string): AskedForm | undefined {
  if (ASKS_HOW.test(question)) return 'steps'
  return ASKS_LIST.test(question) ? 'list' : undefined
}
