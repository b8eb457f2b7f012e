import { familiarity, type PreparedText } from './prepare-text.ts'

/** Maximum penalty for the longest run of missing words, and the length at which it is reached. */
const RUN_COST = 0.3
const RUN_WORDS = 5

/**
 * Returns the share of a claim's words that are in a source, from -0.3 (none) to 1 (all); `undefined` for a claim without
 * content words.
 *
 * It is the mean of two shares, of the claim's content words and of its pairs of adjacent words, minus 0.06 for each word of
 * the longest run of missing content words, up to five. Rare words have no larger weight: measurements showed no gain.
 */
export function scoreClaim(claim: PreparedText, source: PreparedText): number | undefined {
  const found = claim.words.filter(({ key }) => key).map((word) => familiarity(word, source))
  if (found.length === 0) return undefined
  let run = 0
  let longest = 0
  for (const share of found) {
    run = share ? 0 : run + 1
    longest = Math.max(longest, run)
  }
  const pairs = claim.words.filter(({ pair }) => pair).map(({ pair }) => Number(source.pairs.has(pair)))
  const overlap = mean(found)
  return (overlap + (pairs.length > 0 ? mean(pairs) : overlap)) / 2 - RUN_COST * Math.min(1, longest / RUN_WORDS)
}

function mean(shares: readonly number[]): number {
  return shares.reduce((sum, share) => sum + share, 0) / shares.length
}
