import { collectChat, streamChat, type ChatResult, type RetrievedChunk } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import type { LabelledQuestion, QuestionSet } from './xquad.ts'

/** The measured figures: shares of the questions, from 0 to 1. */
export interface Figures {
  /** The best retrieved chunk, before any threshold, is from the right document. */
  readonly recallAt1: number
  /** The first source cited in the answer is the right document. */
  readonly firstCited: number
  /** One sentence of the answer contains the expected answer and cites the right document. */
  readonly answered: number
}

/** All measures, in the order of the report. */
export const MEASURES: readonly (keyof Figures)[] = ['recallAt1', 'firstCited', 'answered']

/** Asks every question of a set in the way an application does. */
export async function measure({ documents, questions }: QuestionSet): Promise<Figures> {
  const retriever = localRetriever(documents)
  const model = extractiveChatModel({ wordsPerSecond: Infinity })
  const sums = { recallAt1: 0, firstCited: 0, answered: 0 }
  for (const labelled of questions) {
    let best: RetrievedChunk | undefined
    const events = streamChat({
      question: labelled.question,
      retriever,
      model,
      onStage(report) {
        if (report.stage === 'retrieved') best = report.chunks[0]
      },
    })
    const figures = judge(await collectChat(events), labelled)
    sums.recallAt1 += Number(best?.chunk.documentId === labelled.documentId)
    sums.firstCited += Number(figures.firstCited)
    sums.answered += Number(figures.answered)
  }
  const share = (sum: number): number => sum / questions.length
  return { recallAt1: share(sums.recallAt1), firstCited: share(sums.firstCited), answered: share(sums.answered) }
}

function judge({ sources, answer, citations }: ChatResult, { documentId, answer: expected }: LabelledQuestion) {
  const cited = citations.map(({ sourceId, start }, index) => ({
    documentId: sources.find((source) => source.sourceId === sourceId)?.documentId,
    text: answer.slice(citations[index - 1]?.end ?? 0, start),
  }))
  return {
    firstCited: cited[0]?.documentId === documentId,
    answered: cited.some((sentence) => sentence.documentId === documentId && sentence.text.includes(expected)),
  }
}
