import type { Change, Token } from './align-claim.ts'
import { findFigureReasons } from './figures/find-figure-reasons.ts'
import { unitIn } from './figures/units.ts'

/** Maximum number of tokens around a change that belong to the same figure: a date, or an amount and its unit. */
const MAX_AROUND = 4

/** The tokens of a claim and of a source, with their positions. */
export interface Positions {
  /** The tokens in order. */
  readonly tokens: readonly Token[]
  /** The position of each. */
  readonly of: ReadonlyMap<Token, number>
}

/** Returns the positions of tokens. */
export function positionsOf(tokens: readonly Token[]): Positions {
  return { tokens, of: new Map(tokens.map((token, at) => [token, at])) }
}

/** Returns true if a change only writes a figure in another way: "March 15" for "15 March", "5 kg" for "5000 g". */
export function restatesFigure(change: Change, claim: Positions, source: Positions): boolean {
  if (![...change.claim, ...change.source].every(isPartOfFigure)) return false
  const [own, other] = [figureAround(change.claim, claim), figureAround(change.source, source)]
  if (!own.some(hasValue) || !other.some(hasValue) || isOtherOrder(own, other)) return false
  const hasNumber = [...change.claim, ...change.source].some(hasValue)
  if (!hasNumber && !isSameUnits(change)) return false
  return findFigureReasons(own.map(wordOf), other.map(wordOf)).length === 0
}

/** Returns true for numbers in another order: 3:1 for 1:3. The parts of a date have no fixed order. */
function isOtherOrder(claim: readonly Token[], source: readonly Token[]): boolean {
  const [own, other] = [claim, source].map((tokens) => tokens.filter(hasValue).map(({ form }) => form))
  if (!own || !other || own.some((form) => form.startsWith('#month'))) return false
  return own.join(' ') !== other.join(' ') && own.toSorted().join(' ') === other.toSorted().join(' ')
}

/** Returns true for two names of the same units, in order. "Degrees" may be those of Celsius. */
function isSameUnits({ claim, source }: Change): boolean {
  const [own = [], other = []] = [claim, source].map((tokens) =>
    tokens.flatMap(({ word }) => unitIn(word.text)?.name ?? []),
  )
  return own.length === other.length && own.every((name, at) => name === other[at] || isDegree(name, other[at]))
}

function isDegree(...names: readonly (string | undefined)[]): boolean {
  return names.includes('degree') && names.every((name) => /^(?:degree|celsius|fahrenheit)$/u.test(name ?? ''))
}

/** Returns the tokens of a change and the parts of a figure next to them, back to its number. */
function figureAround(tokens: readonly Token[], { tokens: all, of }: Positions): readonly Token[] {
  const first = tokens[0] && of.get(tokens[0])
  if (first === undefined) return []
  let [start, end] = [first, first + tokens.length]
  for (let count = 0; count < MAX_AROUND && isPartOfFigure(all[start - 1]); count++) start -= 1
  for (let count = 0; count < MAX_AROUND && isPartOfFigure(all[end]); count++) end += 1
  return all.slice(start, end)
}

function isPartOfFigure(token: Token | undefined): boolean {
  if (!token) return false
  const { word } = token
  return word.value !== undefined || PART_OF_UNIT.test(word.text) || unitIn(word.text) !== undefined
}

// "Square metres", "kilometres per hour", "20 degrees".
const PART_OF_UNIT = /^(?:square|cubic|per|of|de|d)$/u

function hasValue({ word }: Token): boolean {
  return word.value !== undefined
}

function wordOf({ word }: Token): Token['word'] {
  return word
}
