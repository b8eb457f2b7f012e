import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { collectChat, streamChat, type Condenser, type Message, type RetrievedChunk, type Retriever } from 'ragwire'
import { extractiveChatModel, localCondenser, localRetriever } from 'ragwire/local'
import { readMtrag, type ConversationQuestion } from './mtrag.ts'
import type { Row } from './report.ts'

/**
 * Measures the chunks that the local condenser finds for follow-ups of MTRAG, in a pool of passages, beside the chunks
 * that a person's rewrite finds. A follow-up counts if one of its passages is in the pool.
 */
export async function evaluateFollowUps(folder: string): Promise<readonly Row[]> {
  const passages = readLines(join(folder, 'mtrag-passages.jsonl')).map((line) => passage.parse(JSON.parse(line)))
  const known = new Set(passages.map(({ documentId }) => documentId))
  const answers = readAnswers(folder)
  const followUps = readMtrag(folder).flatMap((question) => {
    const right = (answers.get(question.id) ?? []).filter((id) => known.has(id))
    return question.earlier.length > 0 && right.length > 0 ? [{ ...question, right: new Set(right) }] : []
  })
  const retriever = localRetriever(passages, { chunkChars: Infinity })
  const local = await ranksOf(followUps, (followUp) => search(retriever, followUp, localCondenser()))
  const alone = await ranksOf(followUps, (followUp) => search(retriever, followUp, false))
  const rewritten = await ranksOf(followUps, ({ rewrite }) =>
    search(retriever, { question: rewrite, earlier: [] }, false),
  )
  const of = `(${followUps.length})`
  return [
    {
      measure: `local condenser: hit@10 less that of a person's rewrite ${of}`,
      value: hitsAt(10, local) - hitsAt(10, rewritten),
      baseline: hitsAt(10, alone) - hitsAt(10, rewritten),
      good: -0.02,
      excellent: 0,
    },
    { measure: `local condenser: hit@10 ${of}`, value: hitsAt(10, local), baseline: hitsAt(10, rewritten) },
    { measure: `local condenser: hit@5 ${of}`, value: hitsAt(5, local), baseline: hitsAt(5, rewritten) },
    { measure: `local condenser: MRR@10 ${of}`, value: reciprocal(local), baseline: reciprocal(rewritten) },
  ]
}

const passage = z.object({ documentId: z.string(), text: z.string() })

/** Reads the ids of the passages that answer each question. */
function readAnswers(folder: string): ReadonlyMap<string, readonly string[]> {
  const answers = new Map<string, readonly string[]>()
  for (const domain of ['cloud', 'govt']) {
    for (const line of readLines(join(folder, `mtrag-${domain}-qrels.tsv`)).slice(1)) {
      const [question = '', id = ''] = line.split('\t')
      answers.set(question, [...(answers.get(question) ?? []), id])
    }
  }
  return answers
}

function readLines(path: string): readonly string[] {
  return readFileSync(path, 'utf8').trim().split('\n')
}

type FollowUp = ConversationQuestion & { readonly right: ReadonlySet<string> }

async function ranksOf(
  followUps: readonly FollowUp[],
  find: (followUp: FollowUp) => Promise<readonly string[]>,
): Promise<readonly number[]> {
  const ranks: number[] = []
  for (const followUp of followUps) {
    const index = (await find(followUp)).findIndex((id) => followUp.right.has(id))
    ranks.push(index < 0 ? Infinity : index + 1)
  }
  return ranks
}

/** Returns the ids of the ten best passages of a turn. */
async function search(
  retriever: Retriever,
  { question, earlier }: Pick<ConversationQuestion, 'question' | 'earlier'>,
  condenser: Condenser | false,
): Promise<readonly string[]> {
  const history = earlier.flatMap((content): readonly Message[] => [
    { role: 'user', content },
    { role: 'assistant', content: LEFT_OUT },
  ])
  let found: readonly RetrievedChunk[] = []
  await collectChat(
    streamChat({
      question,
      history,
      retriever,
      condenser,
      model,
      topK: 10,
      historyTokens: 100_000,
      greetings: false,
      onStage(report) {
        if (report.stage === 'retrieved') found = report.chunks
      },
    }),
  )
  return found.map(({ chunk }) => chunk.documentId)
}

const model = extractiveChatModel({ wordsPerSecond: Infinity })
const LEFT_OUT = '(The answer is left out.)'

function hitsAt(limit: number, ranks: readonly number[]): number {
  return ranks.filter((rank) => rank <= limit).length / ranks.length
}

function reciprocal(ranks: readonly number[]): number {
  return ranks.reduce((sum, rank) => sum + (rank <= 10 ? 1 / rank : 0), 0) / ranks.length
}
