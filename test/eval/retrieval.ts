import {
  collectReport,
  createKnowledge,
  hashedNgramEmbedder,
  memoryKnowledgeStore,
  type SearchMode,
} from 'ragwire/knowledge'
import { rankPlainly } from './baseline.ts'
import type { Row } from './report.ts'
import type { LabelledQuestion, QuestionSet } from './xquad.ts'

const MODES: readonly SearchMode[] = ['lexical', 'vector', 'hybrid']
const NAMES: Readonly<Record<SearchMode, string>> = {
  lexical: 'by words',
  vector: 'by hashed n-grams',
  hybrid: 'hybrid of the two',
}
const LISTED = 50

/** The figures of a list of documents for each question. */
interface RankFigures {
  /** Share of the questions whose document is first. */
  readonly 'recall@1': number
  /** Share of the questions whose document is among the first five. */
  readonly 'recall@5': number
  /** Mean of 1 divided by the place of the document (mean reciprocal rank); 0 if it is not found. */
  readonly MRR: number
}

/**
 * Measures the retrievers of a knowledge base with the embedder that needs no model. The goal of the hybrid search is the
 * better one of its halves, in each figure.
 */
export async function evaluateRetrieval(name: string, { documents, questions }: QuestionSet): Promise<readonly Row[]> {
  const knowledge = createKnowledge({ store: memoryKnowledgeStore(), embedder: hashedNgramEmbedder() })
  const sources = documents.map(({ documentId, text }) => ({ documentId, content: text, mediaType: 'text/plain' }))
  await collectReport(knowledge.sync(sources))
  const { signal } = new AbortController()

  async function rank(mode: SearchMode): Promise<RankFigures> {
    const retriever = knowledge.retriever({ mode, minScore: 0 })
    const lists: (readonly string[])[] = []
    for (const { question } of questions) {
      const found = await retriever.retrieve(question, { topK: LISTED, signal })
      lists.push(found.flatMap(({ chunk }) => chunk.documentId ?? []))
    }
    return figuresOf(lists, questions)
  }

  const plain = figuresOf(rankPlainly(documents, questions), questions)
  const [lexical, vector] = [await rank('lexical'), await rank('vector')]
  const figures = { lexical, vector, hybrid: await rank('hybrid') }
  return MODES.flatMap((mode) =>
    MEASURES.map((measure) => ({
      measure: `${name}, ${NAMES[mode]}: ${measure}`,
      value: figures[mode][measure],
      baseline: plain[measure],
      ...(mode === 'hybrid' && { good: Math.max(lexical[measure], vector[measure]) }),
    })),
  )
}

const MEASURES: readonly (keyof RankFigures)[] = ['recall@1', 'recall@5', 'MRR']

function figuresOf(lists: readonly (readonly string[])[], questions: readonly LabelledQuestion[]): RankFigures {
  const places = lists.map((ids, at) => [...new Set(ids)].indexOf(questions[at]?.documentId ?? '') + 1)
  const mean = (value: (place: number) => number): number =>
    places.reduce((sum, place) => sum + (place === 0 ? 0 : value(place)), 0) / places.length
  return {
    'recall@1': mean((place) => Number(place === 1)),
    'recall@5': mean((place) => Number(place <= 5)),
    MRR: mean((place) => 1 / place),
  }
}
