import MiniSearch from 'minisearch'
import type { LocalDocument } from 'ragwire/local'
import type { Figures } from './measure.ts'
import type { QuestionSet } from './xquad.ts'

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' })

/** The baseline: minisearch with defaults, and the first two sentences of the best document. */
export function measureBaseline({ documents, questions }: QuestionSet): Figures {
  const index = indexPlainly(documents)
  let found = 0
  let answered = 0
  for (const { question, documentId, answer } of questions) {
    const best = documents[Number(index.search(question)[0]?.id)]
    if (best?.documentId !== documentId) continue
    found += 1
    const beginning = Array.from(sentences.segment(best.text), ({ segment }) => segment).slice(0, 2)
    if (beginning.some((sentence) => sentence.includes(answer))) answered += 1
  }
  const recallAt1 = found / questions.length
  return { recallAt1, firstCited: recallAt1, answered: answered / questions.length }
}

/** Returns the best score of each question in minisearch with defaults; 0 if nothing was found. */
export function scorePlainly(documents: readonly LocalDocument[], questions: readonly string[]): readonly number[] {
  const index = indexPlainly(documents)
  return questions.map((question) => index.search(question)[0]?.score ?? 0)
}

/** Returns the ids of the documents that minisearch with defaults finds for each question, the best first. */
export function rankPlainly(
  documents: readonly LocalDocument[],
  questions: QuestionSet['questions'],
): readonly (readonly string[])[] {
  const index = indexPlainly(documents)
  return questions.map(({ question }) =>
    index.search(question).flatMap(({ id }) => documents[Number(id)]?.documentId ?? []),
  )
}

function indexPlainly(documents: readonly LocalDocument[]): MiniSearch {
  const index = new MiniSearch<{ readonly id: number; readonly text: string }>({ fields: ['text'] })
  index.addAll(documents.map(({ text }, id) => ({ id, text })))
  return index
}
