/** A score, and whether it belongs to a positive case. */
export interface Scored {
  readonly score: number
  readonly isPositive: boolean
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The probability that a positive case scores higher than a negative one; a tie counts half. */
function areaUnderCurve(cases: readonly Scored[]): number {
  const positives = cases.filter(({ isPositive }) => isPositive)
  const negatives = cases.filter(({ isPositive }) => !isPositive)
  const wins = (score: number): number =>
    negatives.reduce((sum, negative) => sum + (score > negative.score ? 1 : score === negative.score ? 0.5 : 0), 0)
  return positives.reduce((sum, { score }) => sum + wins(score), 0) / (positives.length * negatives.length)
}

/** F1 for the positive cases, where a score of at least `threshold` counts as positive. */
function f1At(threshold: number, cases: readonly Scored[]): number {
  const called = cases.filter(({ score }) => score >= threshold)
  const right = called.filter(({ isPositive }) => isPositive).length
  return (2 * right) / (called.length + cases.filter(({ isPositive }) => isPositive).length)
}

/** The threshold with the best F1. */
export function bestThreshold(cases: readonly Scored[]): number {
  const candidates = cases.map(({ score }) => ({ score, f1: f1At(score, cases) }))
  return candidates.reduce((best, candidate) => (candidate.f1 > best.f1 ? candidate : best)).score
}

/** AUC and F1 of the test half, with the threshold of F1 fitted on the other half: medians over 200 seeded splits. */
export function onUnseenHalf(cases: readonly Scored[]): { readonly auc: number; readonly f1: number } {
  const splits = Array.from({ length: 200 }, (_, seed) => {
    const mixed = shuffled(cases, seededRandom(seed + 1))
    const middle = mixed.length >> 1
    const unseen = mixed.slice(middle)
    return { auc: areaUnderCurve(unseen), f1: f1At(bestThreshold(mixed.slice(0, middle)), unseen) }
  })
  return { auc: median(splits.map(({ auc }) => auc)), f1: median(splits.map(({ f1 }) => f1)) }
}

/** The items in an order that depends only on `random`. */
function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

/** Returns the value in the middle, or the upper one of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
