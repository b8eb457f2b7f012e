import { collectChat, memoryHistoryStore, streamChat, type ChatResult } from 'ragwire'
import { extractiveChatModel, localCondenser, localRetriever } from 'ragwire/local'
import { readHandbook, readTalks, type Talk } from './held-out.ts'
import type { Row } from './report.ts'

const LANGUAGES = ['ko', 'ja', 'en', 'zh', 'de'] as const

/** Measures the retriever with handbooks whose questions use other words than the text. Nothing was adjusted to them. */
export async function evaluateHandbooks(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const language of LANGUAGES) {
    const { documents, questions } = readHandbook(language)
    const retriever = localRetriever(documents)
    const { signal } = new AbortController()
    let found = 0
    for (const { question, documentId } of questions) {
      const [best] = await retriever.retrieve(question, { topK: 1, signal })
      found += Number(best?.chunk.documentId === documentId)
    }
    const goal = language === 'ko' || language === 'ja' ? { good: 0.85, excellent: 0.93 } : {}
    const measure = `handbook ${language}: recall@1, of ${questions.length}`
    rows.push({ measure, value: found / questions.length, ...goal })
  }
  return rows
}

/** Measures the last turn of talks: a vague follow-up should be answered from the right passage, one off topic refused. */
export async function evaluateTalks(): Promise<readonly Row[]> {
  const talks = readTalks()
  const vague = talks.filter(({ expects }) => 'passage' in expects)
  const offTopic = talks.filter(({ expects }) => !('passage' in expects))
  const [answered, refused] = [await countRight(vague), await countRight(offTopic)]
  const right = (answered + refused) / talks.length
  return [
    { measure: `talks: last turn is right, of ${talks.length}`, value: right, good: 0.85, excellent: 0.95 },
    {
      measure: `talks: vague follow-ups answered from the passage, of ${vague.length}`,
      value: answered / vague.length,
    },
    { measure: `talks: follow-ups off topic refused, of ${offTopic.length}`, value: refused / offTopic.length },
  ]
}

async function countRight(talks: readonly Talk[]): Promise<number> {
  let right = 0
  for (const talk of talks) right += Number(await isRight(talk))
  return right
}

/** Returns true if the last turn cites the expected passage first, or is refused as expected. */
async function isRight({ language, turns, expects }: Talk): Promise<boolean> {
  const retriever = localRetriever(readHandbook(language).documents)
  const model = extractiveChatModel({ wordsPerSecond: Infinity })
  const condenser = localCondenser()
  const history = memoryHistoryStore()
  const threadId = 'talk'
  let last: ChatResult | undefined
  for (const question of turns) {
    last = await collectChat(streamChat({ question, retriever, model, condenser, history, scope: 'reader', threadId }))
  }
  const cited = last?.citations[0]?.sourceId
  const documentId = last?.sources.find(({ sourceId }) => sourceId === cited)?.documentId
  return 'passage' in expects ? documentId === expects.passage : documentId === undefined
}
