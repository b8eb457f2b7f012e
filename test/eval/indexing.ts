import { collectReport, createKnowledge, memoryKnowledgeStore } from 'ragwire/knowledge'
import { localRetriever } from 'ragwire/local'
import type { Row } from './report.ts'
import type { QuestionSet } from './xquad.ts'

const DOCUMENTS = 10_000
const LEAST_CHARS = 520
/** UTF-16 code units of the one long document. */
const LONG = 1_000_000

/** The time of a work, and the longest time in which nothing else could run. */
interface Timing {
  readonly seconds: number
  readonly longestBlockMs: number
}

/** Measures the time of indexing 10,000 documents, drawn from the sentences of a set, and how long it blocks. */
export async function evaluateIndexing(name: string, set: QuestionSet): Promise<readonly Row[]> {
  const texts = drawTexts(set)
  // Once before, because the first calls of a process compile the code.
  await indexLocally(texts.slice(0, 200))
  await indexKnowledge(texts.slice(0, 200))
  const long = [texts.join('\n\n').slice(0, LONG)]
  return [
    ...rowsOf(`${name}: index 10,000 documents, retriever`, await timeOf(() => indexLocally(texts))),
    ...rowsOf(`${name}: index 10,000 documents, knowledge base`, await timeOf(() => indexKnowledge(texts))),
    ...withoutGoals(`${name}: index a document of 1 MB, retriever`, await timeOf(() => indexLocally(long))),
    ...withoutGoals(`${name}: index a document of 1 MB, knowledge base`, await timeOf(() => indexKnowledge(long))),
  ]
}

function rowsOf(measure: string, { seconds, longestBlockMs }: Timing): readonly Row[] {
  return [
    { measure: `${measure}: seconds`, value: seconds, good: 15, excellent: 8, atMost: true },
    { measure: `${measure}: longest block, in seconds`, value: longestBlockMs / 1000, good: 0.05, atMost: true },
  ]
}

// A store takes a document as a whole, so that a long one blocks for longer.
function withoutGoals(measure: string, timing: Timing): readonly Row[] {
  return rowsOf(measure, timing).map(({ measure: name, value }) => ({ measure: name, value }))
}

async function timeOf(work: () => Promise<unknown>): Promise<Timing> {
  const watch = watchEventLoop()
  const startedAt = performance.now()
  await work()
  const seconds = (performance.now() - startedAt) / 1000
  return { seconds, longestBlockMs: await watch.stop() }
}

/** Notes the longest turn of the event loop, in time of the thread: other processes of the machine do not count. */
function watchEventLoop(): { stop(): Promise<number> } {
  let longest = 0
  let isStopped = false
  let last = process.threadCpuUsage()
  const stopped = new Promise<number>((resolve) => {
    const turn = (): void => {
      const { user, system } = process.threadCpuUsage(last)
      longest = Math.max(longest, (user + system) / 1000)
      last = process.threadCpuUsage()
      if (isStopped) resolve(longest)
      else setImmediate(turn)
    }
    setImmediate(turn)
  })
  return {
    stop() {
      isStopped = true
      return stopped
    },
  }
}

async function indexLocally(texts: readonly string[]): Promise<void> {
  const retriever = localRetriever(texts.map((text, at) => ({ documentId: `d${at}`, text })))
  await retriever.retrieve('2024', { topK: 1, signal: new AbortController().signal })
}

async function indexKnowledge(texts: readonly string[]): Promise<void> {
  const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
  const documents = texts.map((content, at) => ({ documentId: `d${at}`, content, mediaType: 'text/plain' }))
  await collectReport(knowledge.sync(documents))
}

/** Joins sentences in a random order that is always the same. */
function drawTexts({ documents }: QuestionSet): readonly string[] {
  const sentences = documents.flatMap(({ text }) => text.split(/(?<=[。.])/u))
  let seed = 1
  const next = (): string => {
    seed = (seed * 48_271) % 2_147_483_647
    return sentences[seed % sentences.length] ?? ''
  }
  return Array.from({ length: DOCUMENTS }, () => {
    let text = ''
    while (text.length < LEAST_CHARS) text += next()
    return text
  })
}
