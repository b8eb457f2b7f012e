import { deniedByPrefix, isNotOnly } from './negation-words.ts'
import { alignClaim, toTokens, type Alignment, type Change, type Token } from './align-claim.ts'
import { placesOfPair, type WordIndex } from './index-words.ts'
import { joinLists } from './join-lists.ts'
import { oncePerObject } from './once-per-object.ts'
import type { PreparedText, ReadSentence, ReadText } from './prepare-text.ts'
import { positionsOf, restatesFigure, type Positions } from './restates-figure.ts'

/** The least share of the other tokens that must be equal if a name or a number differs. */
const AGREEMENT_OF_NAMES = 0.8
/** The same for another word, which may be a synonym: "aims" for "strives". */
const AGREEMENT_OF_WORDS = 0.95
const AGREEMENT_OF_HAN = 0.9
/** The least number of equal tokens: in a short claim, equal neighbours are a coincidence. */
const LEAST_EQUAL = 4
/** The longest difference that is one name: three words, or the characters of a transcribed name. */
const MOST_WORDS = 3
const MOST_CHARACTERS = 12

/** The differences between a claim and its passage that change the meaning. */
export interface Replacements {
  /** The words of the claim that stand where the source has others. */
  readonly replaced: readonly string[]
  /** True if a negation was added or left out. */
  readonly isNegationChanged: boolean
}

/**
 * Finds words that stand in the place of other words: the claim repeats a sentence of its source except for a name, a number,
 * an opposite, or a negation. Nothing is found in a reworded claim, because too few of the other words are equal.
 */
export function findReplacements(
  claim: ReadText,
  { passage, source: { index } }: { readonly passage: readonly ReadSentence[]; readonly source: PreparedText },
): Replacements {
  const ordered = passage.toSorted((a, b) => a.range.start - b.range.start)
  const source = joinLists(ordered.map(tokensOf))
  const tokens = joinLists(claim.sentences.map(({ words }) => toTokens(words)))
  const alignment = alignClaim(tokens, source)
  const others = alignment.changes.filter(
    (change) => isExchanged(change, alignment) || (isReplacement(change, alignment) && !isWrittenThere(change, index)),
  )
  const replaced = withoutRestated(others, { claim: tokens, source }).map(({ claim }) => textOf(claim))
  const negations = alignment.changes.filter((change) => isNegation(change, alignment))
  const positions = positionsOf(negations.length > 0 ? source : [])
  const isNegationChanged = negations.some((change) => !leavesOutClause(change, positions))
  return { replaced, isNegationChanged }
}

/** Leaves out figures that are only written in another way. */
function withoutRestated(
  changes: readonly Change[],
  texts: { readonly claim: readonly Token[]; readonly source: readonly Token[] },
): readonly Change[] {
  if (changes.length === 0) return changes
  const [claim, source] = [positionsOf(texts.claim), positionsOf(texts.source)]
  return changes.filter((change) => !restatesFigure(change, claim, source))
}

// A sentence of a source is compared with many claims.
const tokensOf = oncePerObject(({ words }: ReadSentence) => toTokens(words))

function agreementOf({ claim }: Change, { equal, total }: Alignment): number {
  return equal < LEAST_EQUAL ? 0 : equal / (total - claim.length)
}

function isReplacement(change: Change, alignment: Alignment): boolean {
  const claim = change.claim.filter(isContent)
  const source = change.source.filter(isContent)
  if (claim.length === 0 || source.length === 0) return false
  const agreement = agreementOf(change, alignment)
  if (agreement < AGREEMENT_OF_NAMES) return false
  if (claim.some(isNumber) && source.some(isNumber)) return differsInNumber(claim, source)
  if (claim.every(({ isHan }) => isHan)) {
    return agreement >= AGREEMENT_OF_HAN && source.every(({ isHan }) => isHan) && isOtherName(claim, source)
  }
  if (claim.length > MOST_WORDS || Math.abs(claim.length - source.length) > 1 || areRelated(claim, source)) return false
  const areNames = claim.some(isName) && source.some(isName)
  if (areNames) return true
  return agreement >= AGREEMENT_OF_WORDS && change.claim.length === 1 && change.source.length === 1
}

/** Returns true if the source has the same word between the same neighbours at another place. */
function isWrittenThere({ claim, next }: Change, index: WordIndex): boolean {
  const [first] = claim
  // Neighbours such as "from" and "to" are the same for all numbers.
  return (
    first !== undefined &&
    next !== undefined &&
    !isNumber(first) &&
    [first.word, next.word].every((word) => word.previous === '' || placesOfPair(word, index))
  )
}

/** Returns true for one of two words that stand at each other's place. */
function isExchanged(change: Change, alignment: Alignment): boolean {
  const [claim, source] = [change.claim.filter(isContent), change.source.filter(isContent)].map(joined)
  if (!claim || !source || claim === source || agreementOf(change, alignment) < AGREEMENT_OF_NAMES) return false
  return alignment.changes.some(
    (other) => joined(other.claim.filter(isContent)) === source && joined(other.source.filter(isContent)) === claim,
  )
}

function isContent({ word, isHan, form }: Token): boolean {
  return isHan ? !HAN_PARTICLES.has(form) : word.key !== ''
}

function isNumber({ word }: Token): boolean {
  return word.value !== undefined
}

function isName({ word }: Token): boolean {
  return word.name !== undefined
}

/** Returns true if the numbers differ at their place; two of them may be exchanged. */
function differsInNumber(claim: readonly Token[], source: readonly Token[]): boolean {
  const [numbers, others] = [claim.filter(isNumber), source.filter(isNumber)]
  if (numbers.length === 0 || others.length === 0) return false
  if (numbers.length === others.length) return numbers.some(({ form }, at) => form !== others[at]?.form)
  const held = new Set(others.map(({ form }) => form))
  return !numbers.some(({ form }) => held.has(form))
}

/** Returns true for two names of Chinese characters; false for a longer form of the same word, or its characters reordered. */
function isOtherName(claim: readonly Token[], source: readonly Token[]): boolean {
  if (claim.length > MOST_CHARACTERS || source.length > MOST_CHARACTERS) return false
  const [a, b] = [joined(claim), joined(source)]
  if (a.includes(b) || b.includes(a)) return false
  // 修建 and 建造 mean the same; 北京 and 南京 do not.
  const isShared = claim.some(({ form }, at) => b.includes(form) && source[at]?.form !== form)
  return !(isShared && claim.length === source.length && claim.length === 2)
}

function joined(tokens: readonly Token[]): string {
  return tokens.map(({ form }) => form).join('')
}

/** Returns true if two texts have a word in common, in another form or as initials. */
function areRelated(claim: readonly Token[], source: readonly Token[]): boolean {
  if (claim.some(({ form }) => source.some((other) => isVariant(form, other.form)))) return true
  return isInitials(joined(claim), source) || isInitials(joined(source), claim)
}

/** Length of the common beginning of words of one family. */
const STEM_CHARS = 4

function isVariant(a: string, b: string): boolean {
  if (deniedByPrefix(a) === b || deniedByPrefix(b) === a) return false
  const shorter = Math.min(a.length, b.length)
  return shorter >= STEM_CHARS && a.slice(0, STEM_CHARS) === b.slice(0, STEM_CHARS)
}

function isInitials(text: string, words: readonly Token[]): boolean {
  const initials = words.map(({ form }) => form.charAt(0)).join('')
  return words.length > 1 && (initials === text || initials === text.replace(/s$/u, ''))
}

function isNegation(change: Change, alignment: Alignment): boolean {
  const [inClaim, inSource] = [hasNegation(change.claim), hasNegation(change.source)]
  if (inClaim === inSource || agreementOf(change, alignment) < AGREEMENT_OF_NAMES) return false
  const [longer, shorter] = inClaim ? [change.claim, change.source] : [change.source, change.claim]
  // "Impossible" is "not possible".
  if (shorter.some(({ form }) => longer.some((other) => other.form === deniedByPrefix(form)))) return false
  // A clause of its own may be left out: "…，不含税".
  return (
    change.next !== undefined && !(longer[0]?.startsClause ?? false) && longer.filter(isContent).length <= MOST_WORDS
  )
}

/** Returns true if a claim leaves out words to the end of their clause: "is not cheap, but" of "is not cheap, but good". */
function leavesOutClause({ claim, source }: Change, { tokens, of }: Positions): boolean {
  const start = source[0] && of.get(source[0])
  if (start === undefined || claim.some(isContent)) return false
  return tokens.slice(start + 1, start + source.length + 1).some(({ startsClause }) => startsClause)
}

function hasNegation(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ word, isHan, form }, at) =>
      word.isNegation && (isHan ? HAN_NEGATION.test(form) : !isNotOnly(tokens[at + 1]?.word.text ?? '')),
  )
}

const HAN_NEGATION = /[不没未无非否勿莫]/u
const HAN_PARTICLES: ReadonlySet<string> = new Set(
  '的了着过地得之所是在有和与及或而也都就还又才只很被把给对从向到由于以为个这那其中',
)

function textOf(tokens: readonly Token[]): string {
  if (tokens.every(({ isHan }) => isHan)) return joined(tokens)
  return tokens.map(({ word }) => word.name ?? word.text).join(' ')
}
