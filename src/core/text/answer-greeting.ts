import { GREETING_KINDS, type GreetingKind, type GreetingTable } from './greeting-table.ts'
import { guessLanguage } from './guess-language.ts'

/** The texts before a message that decide how it is understood. */
export interface BeforeGreeting {
  /** The earlier questions of the conversation. */
  readonly questions: readonly string[]
  /** The latest answer. */
  readonly answer?: string | undefined
}

/**
 * Returns the reply to a message that only greets, thanks, says goodbye or agrees, such as "hi", "ok, thanks!" or "谢谢".
 * It is `undefined` for every other text. A reply is in the language of the message; if several languages have the word,
 * in that of the conversation.
 */
export function answerGreeting(text: string, table: GreetingTable, before: BeforeGreeting): string | undefined {
  if (text.length > MOST_CHARS) return undefined
  const index = indexOf(table)
  // The last word of a question is hardly ever that of a greeting. This test takes a fraction of the time of the search.
  const [, last] = LAST_WORD.exec(text.slice(-LAST_WORD_CHARS)) ?? []
  if (last !== undefined && !index.lastWords.has(last.toLowerCase())) return undefined
  const phrases = readPhrases(normalizeGreeting(text), index)
  if (phrases.length === 0) return undefined
  // A greeting of several phrases, such as "ok, thanks", is answered by the kind that says most.
  const kind = GREETING_KINDS.find((kind) => phrases.some((meanings) => meanings.some((one) => one.kind === kind)))
  // "ok" can also be the answer to a question of the assistant.
  if (kind === 'agreement' && /[?？؟;]\s*$/u.test(before.answer ?? '')) return undefined
  const meanings = phrases.flat().filter((meaning) => meaning.kind === kind)
  const earlier = guessLanguage(before.questions.slice(-EARLIER_QUESTIONS).join('\n'))
  const inConversation = meanings.find(({ language }) => language === earlier)
  return (inConversation ?? meanings[0])?.reply
}

/** Returns true if a text only greets, thanks, says goodbye or agrees. */
export function isGreeting(text: string, table: GreetingTable): boolean {
  return answerGreeting(text, table, { questions: [] }) !== undefined
}

/** Returns a text without case, accents and signs, in which phrases are compared. */
function normalizeGreeting(text: string): string {
  const folded = text.toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '').normalize('NFC')
  return folded
    .replaceAll('ı', 'i')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

// A longer message asks for something.
const MOST_CHARS = 100
const EARLIER_QUESTIONS = 3
// A word of another script may change when it is normalized, so it is not tested.
const LAST_WORD = /[\s\p{P}]([A-Za-z0-9]+)[\s\p{P}]*$/u
const LAST_WORD_CHARS = 32

/** The meaning of a phrase in one language. */
interface Meaning {
  readonly language: string
  readonly kind: GreetingKind
  readonly reply: string
}

interface PhraseIndex {
  /** The meanings of each phrase. */
  readonly meanings: ReadonlyMap<string, readonly Meaning[]>
  /** The last word of each phrase. */
  readonly lastWords: ReadonlySet<string | undefined>
  /** The length of the longest phrase. */
  readonly longest: number
}

/** Splits a text into known phrases, the longest first; an empty list if anything else is in it. */
function readPhrases(text: string, { meanings: known, longest }: PhraseIndex): readonly (readonly Meaning[])[] {
  // The phrases up to each offset that phrases can end at.
  const reached = new Map<number, readonly (readonly Meaning[])[]>([[0, []]])
  for (let at = 0; at < text.length; at++) {
    const found = reached.get(at)
    if (!found) continue
    for (let end = Math.min(text.length, at + longest); end > at; end--) {
      const meanings = isBorder(text, end) ? known.get(text.slice(at, end)) : undefined
      const next = text[end] === ' ' ? end + 1 : end
      if (meanings && !reached.has(next)) reached.set(next, [...found, meanings])
    }
  }
  return reached.get(text.length) ?? []
}

const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}ー]$/u

/** Returns true if a word can end at the offset: these scripts have no blank between words. */
function isBorder(text: string, end: number): boolean {
  return end === text.length || text[end] === ' ' || SPACELESS.test(text.slice(end - 1, end))
}

const indexes = new WeakMap<GreetingTable, PhraseIndex>()

function indexOf(table: GreetingTable): PhraseIndex {
  const known = indexes.get(table)
  if (known) return known
  const meanings = new Map<string, readonly Meaning[]>()
  for (const [language, kinds] of Object.entries(table)) {
    for (const kind of GREETING_KINDS) {
      const { phrases = [], reply = '' } = kinds[kind] ?? {}
      for (const phrase of phrases.map(normalizeGreeting)) {
        const others = meanings.get(phrase) ?? []
        if (reply !== '') meanings.set(phrase, [...others, { language, kind, reply }])
      }
    }
  }
  const phrases = [...meanings.keys()]
  const index = {
    meanings,
    lastWords: new Set(phrases.map((phrase) => phrase.split(' ').at(-1))),
    longest: Math.max(0, ...phrases.map((phrase) => phrase.length)),
  }
  indexes.set(table, index)
  return index
}
