import { familiarity, type PreparedText } from './check-text.ts'

/** What the longest run of missing words can cost, and how long it then is. */
const RUN_COST = 0.3
const RUN_WORDS = 5

/**
 * How far a source holds the words of a claim: from -0.3 for nothing to 1 for all, `undefined` for a claim without
 * words that tell what it is about.
 *
 * It is the mean of two shares, that of the claim's content words and that of its pairs of neighbouring words which
 * the source has too, less 0.06 for each word of the longest run of content words that it lacks, up to five. It needs no
 * statistics of a collection: weighting rare words more was measured, and gains nothing.
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
