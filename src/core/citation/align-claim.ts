import { oncePerObject } from './once-per-object.ts'
import type { Word } from './word.ts'

/** A compared unit: a word, or one Chinese character, because names are cut into words at random. */
export interface Token {
  /** The compared form: the key of a content word, the text of a function word, or the character. */
  readonly form: string
  /** The word that it is or is a part of. */
  readonly word: Word
  /** True for a Chinese character. */
  readonly isHan: boolean
  /** True if it begins a sentence or follows a punctuation mark. */
  readonly startsClause: boolean
}

/** A place where claim and source differ between equal neighbours. One of the two lists may be empty. */
export interface Change {
  /** The tokens of the claim. */
  readonly claim: readonly Token[]
  /** The tokens of the source at the same place. */
  readonly source: readonly Token[]
  /** The equal token that follows; absent at the end of the claim. */
  readonly next: Token | undefined
}

/** A claim beside a part of a source. */
export interface Alignment {
  /** The differences, in order. */
  readonly changes: readonly Change[]
  /** Number of equal tokens. */
  readonly equal: number
  /** Number of tokens of the claim. */
  readonly total: number
}

/** Maximum distance at which the two texts are joined again, in tokens of both. It keeps the time linear. */
const LOOK_AHEAD = 24
/** Maximum of tokens compared to choose one of several places, and maximum of places. */
const MAX_RUN = 12
const MAX_PLACES = 32

/** Returns the tokens of words in order. */
export function toTokens(words: readonly Word[]): readonly Token[] {
  const tokens: Token[] = []
  for (const word of words) {
    const startsClause = word.previous === '' || ENDS_CLAUSE.test(word.gap)
    if (word.value !== undefined || !HAN.test(word.text)) {
      tokens.push({ form: word.key || word.text, word, isHan: false, startsClause })
    } else {
      let isFirst = startsClause
      for (const form of word.text) {
        tokens.push({ form, word, isHan: true, startsClause: isFirst })
        isFirst = false
      }
    }
  }
  return tokens
}

const HAN = /^\p{Script=Han}/u
const ENDS_CLAUSE = /[,;:.!?()，；：。！？（）、—–…]/u

/**
 * Aligns a claim with a part of its source, from the first pair of words that both have. After a difference, the nearest place
 * where both continue equally is taken; if there is none nearby, the claim continues at another place of the source. The time
 * is linear in both.
 */
export function alignClaim(claim: readonly Token[], source: readonly Token[]): Alignment {
  const places = placesOf(source)
  const changes: Change[] = []
  let equal = 0
  let at = nextPlace(0, { claim, source, places })
  if (at && at.claim > 0) {
    const change = leadingChange(at, { claim, source })
    changes.push(change)
    equal += at.claim - change.claim.length
  }
  while (at) {
    let { claim: i, source: j } = at
    while (i < claim.length && claim[i]?.form === source[j]?.form) {
      i += 1
      j += 1
      equal += 1
    }
    if (i >= claim.length) break
    const next: Place | undefined = joinNear({ claim: i, source: j }, { claim, source })
    if (next)
      changes.push({ claim: claim.slice(i, next.claim), source: source.slice(j, next.source), next: claim[next.claim] })
    at = next ?? nextPlace(i + 1, { claim, source, places })
    if (!at) changes.push({ claim: claim.slice(i), source: clauseFrom(source, j, claim.length - i), next: undefined })
  }
  return { changes, equal, total: claim.length }
}

interface Place {
  readonly claim: number
  readonly source: number
}

interface Texts {
  readonly claim: readonly Token[]
  readonly source: readonly Token[]
}

/** Returns the places of each form in a part of a source, which is compared with many claims. */
const placesOf = oncePerObject((source: readonly Token[]): ReadonlyMap<string, readonly number[]> => {
  const places = new Map<string, number[]>()
  for (const [at, { form }] of source.entries()) {
    const known = places.get(form)
    if (!known) places.set(form, [at])
    else if (known.length < MAX_PLACES) known.push(at)
  }
  return places
})

/**
 * Returns the next pair of the claim that the source has, where most tokens follow equally. A longer run further on has
 * priority if it is earlier in the source: the first pair was then moved there from another place.
 */
function nextPlace(
  from: number,
  { claim, source, places }: Texts & { readonly places: ReadonlyMap<string, readonly number[]> },
): Place | undefined {
  let best: Place | undefined
  let longest = 0
  for (let at = from; at + 1 < claim.length; at++) {
    for (const place of places.get(claim[at]?.form ?? '') ?? []) {
      const length = runLength({ claim: at, source: place }, { claim, source })
      if (length < 2) continue
      const isMoved = best === undefined || best.claim === at || place < best.source
      if (length > longest && isMoved) [best, longest] = [{ claim: at, source: place }, length]
    }
    if (longest === MAX_RUN || (best && at - best.claim >= MAX_RUN)) break
  }
  return best
}

function runLength(place: Place, { claim, source }: Texts): number {
  let length = 0
  while (length < MAX_RUN && isEqual({ claim: place.claim + length, source: place.source + length }, { claim, source }))
    length += 1
  return length
}

function isEqual(place: Place, { claim, source }: Texts): boolean {
  const form = claim[place.claim]?.form
  return form !== undefined && form === source[place.source]?.form
}

/** Returns the nearest place behind a difference from which both continue equally. */
function joinNear(place: Place, texts: Texts): Place | undefined {
  for (let distance = 1; distance <= LOOK_AHEAD; distance++) {
    for (let skipped = 0; skipped <= distance; skipped++) {
      // The most balanced place first: a word that stands for another one.
      const half = distance >> 1
      const inClaim = skipped % 2 === 0 ? half + (skipped >> 1) : half - ((skipped + 1) >> 1)
      if (inClaim < 0 || inClaim > distance) continue
      const next = { claim: place.claim + inClaim, source: place.source + distance - inClaim }
      if (isFirm(next, texts) || (distance === 2 && inClaim === 1 && isEqual(next, texts))) return next
    }
  }
  return undefined
}

/** Returns true if two equal tokens follow, or one that ends both or is a word with a meaning. Numbers may be exchanged. */
function isFirm(place: Place, texts: Texts): boolean {
  if (!isEqual(place, texts)) return false
  const next = { claim: place.claim + 1, source: place.source + 1 }
  if (isEqual(next, texts)) return true
  const { claim, source } = texts
  if (next.claim === claim.length && (next.source === source.length || source[next.source]?.startsClause)) return true
  const token = claim[place.claim]
  return token !== undefined && !token.isHan && token.word.key !== '' && token.word.value === undefined
}

function leadingChange(first: Place, { claim, source }: Texts): Change {
  let from = first.source
  const isEnough = (): boolean => first.source - from >= first.claim && source[from]?.startsClause === true
  while (from > 0 && first.source - from < first.claim + 2 && !isEnough()) from -= 1
  // "Sales fell by" for "Sales rose by" differs in one word.
  let same = 0
  if (first.source - from === first.claim)
    while (isEqual({ claim: same, source: from + same }, { claim, source })) same += 1
  return {
    claim: claim.slice(same, first.claim),
    source: source.slice(from + same, first.source),
    next: claim[first.claim],
  }
}

/** Returns the tokens from an index to the end of the clause, at most some more than in the claim. */
function clauseFrom(source: readonly Token[], from: number, length: number): readonly Token[] {
  let end = from
  while (end < source.length && end - from < length + 2 && (end === from || !source[end]?.startsClause)) end += 1
  return source.slice(from, end)
}
