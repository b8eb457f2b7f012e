import type { Source } from '../../../src/index.ts'

/** Creates sources with these texts, numbered from 1, best first. */
export function sourcesOf(texts: readonly string[], scores: readonly number[] = []): readonly Source[] {
  return texts.map((text, index) => {
    const number = index + 1
    const id = `document-${number}`
    const score = scores[index]
    const base = { number, sourceId: id, documentId: id, chunkId: id, title: id, text, metadata: {} }
    return score === undefined ? base : { ...base, score }
  })
}
