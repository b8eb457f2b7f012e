import type { Retriever } from 'ragwire'
import { localRetriever } from 'ragwire/local'
import type { Row } from './report.ts'
import type { QuestionSet } from './xquad.ts'

/** The languages that are measured. */
export const EVIDENCE_LANGUAGES = ['en', 'zh', 'de', 'ar', 'tr'] as const

const SIZES = [5, 20, 60]
const SEEDS = [1, 2, 3, 4, 5, 6]

/**
 * Measures the default `minScore` in one language: with all documents, with each half of them (the questions about the
 * other half are off topic), and with few documents that are drawn by a seed.
 */
export async function evaluateEvidence(set: QuestionSet): Promise<readonly Row[]> {
  const { language, documents, questions } = set
  const middle = documents.length / 2
  const halves = [documents.slice(0, middle), documents.slice(middle)].map((half) => partOf(set, half))
  const small = SIZES.flatMap((size) => SEEDS.map((seed) => partOf(set, draw(documents, size, seed))))
  const row = (measure: string, value: number): Row => ({ measure: `XQuAD ${language}: ${measure}`, value })
  return [
    {
      ...row('answerable questions kept', await keptBy(localRetriever(documents), questions)),
      good: 0.97,
      excellent: 0.98,
    },
    row('answerable questions kept, by each half of the documents', await meanOf(halves, 'own')),
    row('questions about the other half stopped', 1 - (await meanOf(halves, 'others'))),
    row('answerable questions kept, by 5, 20 or 60 documents', await meanOf(small, 'own')),
    row('questions about other documents stopped, by 5, 20 or 60', 1 - (await meanOf(small, 'others'))),
  ]
}

type Question = QuestionSet['questions'][number]

/** Some documents, the questions that they answer, and the others. */
interface Part {
  readonly documents: QuestionSet['documents']
  readonly own: readonly Question[]
  readonly others: readonly Question[]
}

function partOf({ questions }: QuestionSet, documents: QuestionSet['documents']): Part {
  const ids = new Set(documents.map(({ documentId }) => documentId))
  const isOwn = ({ documentId }: Question): boolean => ids.has(documentId)
  return { documents, own: questions.filter(isOwn), others: questions.filter((question) => !isOwn(question)) }
}

async function meanOf(parts: readonly Part[], which: 'own' | 'others'): Promise<number> {
  let sum = 0
  for (const part of parts) sum += await keptBy(localRetriever(part.documents), part[which])
  return sum / parts.length
}

async function keptBy(retriever: Retriever, questions: readonly Question[]): Promise<number> {
  const { signal } = new AbortController()
  let kept = 0
  for (const { question } of questions) {
    const [best] = await retriever.retrieve(question, { topK: 1, signal })
    if ((best?.score ?? 0) >= (retriever.minScore ?? 0) && best) kept += 1
  }
  return kept / questions.length
}

/** Draws some documents, the same ones for the same seed. */
function draw(documents: QuestionSet['documents'], size: number, seed: number): QuestionSet['documents'] {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return documents
    .map((document) => ({ document, place: next() }))
    .toSorted((a, b) => a.place - b.place)
    .slice(0, size)
    .map(({ document }) => document)
}
