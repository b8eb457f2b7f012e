/**
 * Returns the inverse document frequency (BM25) of a term that is in `frequency` of `total` texts. A term that is in no
 * text counts as in one text: with few texts it would otherwise outweigh all the others.
 */
export function rarity(frequency: number, total: number): number {
  return Math.max(inverseFrequency(Math.max(1, frequency), total), LEAST_RARITY * inverseFrequency(1, total))
}

/** The least rarity of a term, as a share of the highest one: a word may be in every text because they are about it. */
export const LEAST_RARITY = 0.2

function inverseFrequency(frequency: number, total: number): number {
  return Math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
}
