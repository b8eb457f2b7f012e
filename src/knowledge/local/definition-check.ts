import { plainWords } from '../text/tokenize.ts'

const POLITE = '(?:(?:can|could|would) you )?(?:please )?'
const ASKS = [
  'what is the (?:definition|meaning|purpose) of',
  String.raw`(?:so,? )?${POLITE}(?:(?:explain|tell me|describe|clarify) )?(?:what|who)(?:(?: is| are| was| were| do| does)|['’]s)`,
  `${POLITE}(?:(?:explain|define|describe|clarify)(?: what| who)?|(?:tell|give) me (?:more |something )?about)`,
  'was (?:ist|sind|war|bedeutet)',
].join('|')
const ARTICLES = 'an?|the|eine?|der|die|das'
const LATIN = new RegExp(
  String.raw`^\s*(?:${ASKS})\s+(?:(?:${ARTICLES})\s+)?(.{1,60}?)(?:\s+(?:is|are|was|were|do|mean|you mentioned))?\s*[?.]?\s*$`,
  'iu',
)
const CHINESE =
  /^\s*(?:(?:什么是|何谓|何为)(.{1,30}?)|(.{1,30}?)(?:是什么(?:东西|意思)?|是啥|是谁|指什么|是干什么的|是做什么的))[呢呀啊]?\s*[?？]?\s*$/u
// "What is the price of …" asks for a fact, not for a definition.
const HAS_RELATION = /\s(?:of|in|on|at|for|from|to|with|by|between|when|if|that|which|used|called|named)\s|的/iu
const ARTICLE = new RegExp(`^(?:${ARTICLES})$`, 'u')
const VERB = /^(?:is|are|was|were|means|makes|provides|streams|turns|describes|stands|refers|ist|sind|war|bedeutet)$/u
const MOST_WORDS = 4

/**
 * Creates a function that says how well a sentence defines what a question asks for, from 0 to 1, such as "What is ragwire?",
 * "What does ragwire do?" and "Can you tell me more about ragwire?". It is always 0 for other questions, and for languages
 * other than Chinese, English and German.
 */
export function definitionCheck(question: string): (sentence: string) => number {
  const [, latin] = LATIN.exec(question) ?? []
  const [, before, after] = CHINESE.exec(question) ?? []
  const topic = latin ?? before ?? after
  if (topic === undefined || HAS_RELATION.test(topic)) return () => 0
  const words = plainWords(topic)
  if (words.length === 0 || words.length > MOST_WORDS) return () => 0
  return (sentence) => {
    const found = plainWords(sentence.slice(0, 200))
    if (ARTICLE.test(found[0] ?? '')) found.shift()
    if (!words.every((word, at) => found[at] === word)) return 0
    const next = found[words.length] ?? ''
    return VERB.test(next) || /^(?:是|指|为)/u.test(next) ? 1 : 0.5
  }
}
