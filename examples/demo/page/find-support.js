// @ts-check

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' })
const words = new Intl.Segmenter(undefined, { granularity: 'word' })

/** Returns the sentence of a passage that shares most words with a claim, or `undefined` if it shares none. A word has
 * more weight if fewer sentences of the passage contain it.
 *
 * @param {string} passage
 * @param {string} claim
 * @returns {{ readonly start: number, readonly end: number } | undefined}
 */
export function findSupport(passage, claim) {
  const claimed = wordsOf(claim)
  const candidates = Array.from(sentences.segment(passage), ({ segment, index }) => {
    const start = index + segment.length - segment.trimStart().length
    return { start, end: index + segment.trimEnd().length, shared: wordsOf(segment).intersection(claimed) }
  })
  /** @param {string} word */
  const weigh = (word) => 1 / candidates.filter(({ shared }) => shared.has(word)).length
  const scored = candidates.map(({ start, end, shared }) => {
    return { start, end, score: [...shared].reduce((sum, word) => sum + weigh(word), 0) }
  })
  const [best] = scored.toSorted((a, b) => b.score - a.score)
  return best && best.score > 0 ? best : undefined
}

/** @param {string} text */
function wordsOf(text) {
  const segments = [...words.segment(text)].filter(({ isWordLike }) => isWordLike)
  return new Set(segments.map(({ segment }) => segment.toLowerCase()))
}
