import { plainWords } from '../text/tokenize.ts'

const ENGLISH =
  /^\s*(?:so,?\s+)?(?:what|who)(?:\s+(?:is|are|was|were)|['’]s)\s+(?:an?\s+|the\s+)?(.{1,60}?)\s*\??\s*$/iu
const CHINESE =
  /^\s*(?:(?:什么是|何谓|何为)(.{1,30}?)|(.{1,30}?)(?:是什么(?:东西|意思)?|是啥|是谁|指什么|是干什么的|是做什么的))[呢呀啊]?\s*[?？]?\s*$/u
// "What is the price of …" asks for a fact, not for a definition.
const HAS_RELATION = /\s(?:of|in|on|at|for|from|to|with|by|between|when|if|that|which|used|called|named)\s|的/iu
const ARTICLE = /^(?:an?|the)$/u
const VERB = /^(?:is|are|was|were|means|makes|provides|streams|turns|describes|stands|refers)$/u
const MOST_WORDS = 4

/**
 * Creates a function that says how well a sentence defines what a question asks for, from 0 to 1. It is always 0 for a
 * question that does not ask for a definition, such as "What is ragwire?", and for languages other than English and Chinese.
 */
export function definitionCheck(question: string): (sentence: string) => number {
  const [, english] = ENGLISH.exec(question) ?? []
  const [, before, after] = CHINESE.exec(question) ?? []
  const topic = english ?? before ?? after
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
