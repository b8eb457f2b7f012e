import type { RetrievedChunk } from '../vocabulary/retriever.ts'

const SENTENCES = {
  en: 'I found nothing about this in the documents, so I cannot answer it.',
  zh: '在文档中没有找到相关内容，因此我无法回答这个问题。',
} as const

/** Returns the sentence that a run without evidence ends with: in Chinese for a Chinese question, else in English. */
export function noEvidenceSentence(question: string): string {
  // Kana mean Japanese, which also uses Han characters.
  const chinese = /\p{Script=Han}/u.test(question) && !/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(question)
  return chinese ? SENTENCES.zh : SENTENCES.en
}

/** Returns the best score of the chunks; `undefined` if no chunk has one. */
export function bestScore(retrieved: readonly RetrievedChunk[]): number | undefined {
  const scores = retrieved.flatMap(({ score }) => (score === undefined ? [] : [score]))
  return scores.length === 0 ? undefined : Math.max(...scores)
}

/**
 * Returns true if the chunks are enough for an answer: there is at least one, and the best score reaches `minScore` if
 * it is set. Chunks without scores always pass.
 */
export function hasEvidence(retrieved: readonly RetrievedChunk[], minScore: number | undefined): boolean {
  if (retrieved.length === 0) return false
  const best = bestScore(retrieved)
  return minScore === undefined || best === undefined || best >= minScore
}
