import { collectChat, streamChat, type ChatResult } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import type { LabelledQuestion, QuestionSet } from './xquad.ts'

/** What is measured: shares of the questions, from 0 to 1. */
export interface Figures {
  /** The best source is the right document. */
  readonly recallAt1: number
  /** The first source that the answer cites is the right document. */
  readonly firstCited: number
  /** One of the answer's sentences holds the expected answer and cites the right document. */
  readonly answered: number
}

/** All measures, in the order of the report. */
export const MEASURES: readonly (keyof Figures)[] = ['recallAt1', 'firstCited', 'answered']

/** Asks every question of a set the way an application does. */
export async function measure({ documents, questions }: QuestionSet): Promise<Figures> {
  const retriever = localRetriever(documents)
  const model = extractiveChatModel({ wordsPerSecond: Infinity })
  const sums = { recallAt1: 0, firstCited: 0, answered: 0 }
  for (const labelled of questions) {
    const result = await collectChat(streamChat({ question: labelled.question, retriever, model }))
    const figures = judge(result, labelled)
    sums.recallAt1 += Number(figures.recallAt1)
    sums.firstCited += Number(figures.firstCited)
    sums.answered += Number(figures.answered)
  }
  const share = (sum: number): number => sum / questions.length
  return { recallAt1: share(sums.recallAt1), firstCited: share(sums.firstCited), answered: share(sums.answered) }
}

function judge({ sources, answer }: ChatResult, { documentId, answer: expected }: LabelledQuestion) {
  const sentences = Array.from(answer.matchAll(/([^]*?)\[(\d+)\]/gu), ([, text = '', number]) => {
    return { text, documentId: sources.find((source) => source.number === Number(number))?.documentId }
  })
  return {
    recallAt1: sources[0]?.documentId === documentId,
    firstCited: sentences[0]?.documentId === documentId,
    answered: sentences.some((sentence) => sentence.documentId === documentId && sentence.text.includes(expected)),
  }
}
