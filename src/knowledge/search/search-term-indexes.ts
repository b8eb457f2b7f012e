import { createScorer } from './bm25.ts'
import type { TermIndex } from './term-index.ts'
import { createTopHits } from './top-hits.ts'

/** A text that a search found. */
export interface TermHit {
  /** Number of its index in the searched ones. */
  readonly index: number
  /** Id of the text in that index. */
  readonly id: number
  /** From 0 to 1; see {@link createScorer}. */
  readonly score: number
}

/** A search in term indexes. */
export interface TermIndexSearch {
  /** The distinct terms of the query with their weights, which are above 0. */
  readonly weights: ReadonlyMap<string, number>
  /** Maximum number of texts. @defaultValue Infinity */
  readonly topK?: number | undefined
  /** Returns true if a text may be found. Called only for texts that could be among the best. */
  readonly allows?: ((index: number, id: number) => boolean) | undefined
  /** Orders two texts with the same score, as a function for `sort`. @defaultValue by index, then by id */
  readonly order?: ((a: TermHit, b: TermHit) => number) | undefined
}

/**
 * Searches several indexes as if they were one: a term is as rare as it is in all of them together. Returns the texts
 * that share a term with the query, the best first.
 */
export function searchTermIndexes(indexes: readonly TermIndex[], search: TermIndexSearch): readonly TermHit[] {
  const { weights, topK = Infinity, allows, order = byIndexAndId } = search
  const total = indexes.reduce((sum, { size }) => sum + size, 0)
  if (total === 0 || weights.size === 0 || !(topK > 0)) return []
  const { scorerOf } = createScorer({
    total,
    averageLength: indexes.reduce((sum, { totalLength }) => sum + totalLength, 0) / total,
    weights,
    frequencyOf: (term) => indexes.reduce((sum, index) => sum + index.frequencyOf(term), 0),
  })
  const scorers = Array.from(weights.keys(), (term) => [term, scorerOf(term)] as const)
  const top = createTopHits(topK, order)
  for (const [number, index] of indexes.entries()) {
    const scores = new Float64Array(index.slots)
    for (const [term, scoreOf] of scorers) index.addScores(term, scoreOf, scores)
    for (let slot = 0; slot < scores.length; slot++) {
      const score = scores[slot] ?? 0
      if (score === 0 || score < top.lowestScore) continue
      const id = index.idAt(slot)
      if (id < 0) continue
      const hit = { index: number, id, score }
      if (top.takes(hit) && (!allows || allows(number, id))) top.add(hit)
    }
  }
  return top.toSorted()
}

function byIndexAndId(a: TermHit, b: TermHit): number {
  return a.index - b.index || a.id - b.id
}
