import { collectChat, streamChat, type Retriever } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { scorePlainly } from './baseline.ts'
import type { ConversationQuestion } from './mtrag.ts'
import type { Row } from './report.ts'
import type { QuestionSet } from './xquad.ts'

/** The share of answerable questions that must pass. */
const KEPT = 0.98

/** Measures how well the evidence gate separates questions about the documents from other questions. */
export async function evaluateOffTopic(
  { documents, questions }: QuestionSet,
  foreign: readonly ConversationQuestion[],
): Promise<readonly Row[]> {
  const retriever = localRetriever(documents)
  const answerable = questions.map(({ question }) => question)
  const offTopic = foreign.map(({ rewrite }) => rewrite)
  const own = await askAll(retriever, answerable)
  const others = await askAll(retriever, offTopic)
  const scores = (asked: readonly Asked[]) => asked.map(({ score }) => score)
  const refused = (asked: readonly Asked[]) => shareOf(asked, ({ isRefused }) => isRefused)
  const plain = { own: scorePlainly(documents, answerable), others: scorePlainly(documents, offTopic) }
  const foundNothing = (scores: readonly number[]) => shareOf(scores, (score) => score === 0)
  return [
    {
      measure: 'off-topic questions stopped, 98 % of the answerable ones kept',
      value: stoppedAt(KEPT, scores(own), scores(others)),
      baseline: stoppedAt(KEPT, plain.own, plain.others),
      good: 0.65,
      excellent: 0.8,
    },
    {
      measure: 'off-topic questions stopped, minScore as it comes',
      value: refused(others),
      baseline: foundNothing(plain.others),
      good: 0.72,
      excellent: 0.8,
    },
    {
      measure: 'off-topic questions without a quote, minScore as it comes',
      value: shareOf(others, ({ isQuoted }) => !isQuoted),
      baseline: foundNothing(plain.others),
      good: 0.7,
      excellent: 0.8,
    },
    {
      measure: 'answerable questions with a quote, minScore as it comes',
      value: shareOf(own, ({ isQuoted }) => isQuoted),
      baseline: 1 - foundNothing(plain.own),
      good: 0.97,
      excellent: 0.985,
    },
    {
      measure: 'answerable questions kept, minScore as it comes',
      value: 1 - refused(own),
      baseline: 1 - foundNothing(plain.own),
      good: 0.97,
      excellent: 0.98,
    },
  ]
}

interface Asked {
  /** The score of the best chunk; 0 when nothing was found. */
  readonly score: number
  readonly isRefused: boolean
  /** True if the model has quoted a sentence. */
  readonly isQuoted: boolean
}

async function askAll(retriever: Retriever, questions: readonly string[]): Promise<readonly Asked[]> {
  const model = extractiveChatModel({ wordsPerSecond: Infinity })
  const asked: Asked[] = []
  for (const question of questions) {
    let score = 0
    const events = streamChat({
      question,
      retriever,
      model,
      onStage(report) {
        if (report.stage === 'gated') score = report.best ?? 0
      },
    })
    const { finishReason, citations } = await collectChat(events)
    asked.push({ score, isRefused: finishReason === 'no-evidence', isQuoted: citations.length > 0 })
  }
  return asked
}

/** The share of `others` below the highest threshold that at least the share `kept` of `own` reaches. */
function stoppedAt(kept: number, own: readonly number[], others: readonly number[]): number {
  const threshold = own.toSorted((a, b) => a - b)[Math.floor(own.length * (1 - kept))] ?? 0
  return shareOf(others, (score) => score < threshold)
}

function shareOf<Item>(items: readonly Item[], has: (item: Item) => boolean): number {
  return items.filter(has).length / items.length
}
