import { fileURLToPath } from 'node:url'
import { collectChat, streamChat, type ChatResult } from 'ragwire'
import {
  collectReport,
  createKnowledge,
  memoryKnowledgeStore,
  readFolder,
  type Knowledge,
  type KnowledgeDocument,
} from 'ragwire/knowledge'
import { extractiveChatModel, localCondenser } from 'ragwire/local'
import { FIRST_QUESTIONS, type FirstQuestion } from './first-questions-data.ts'
import { HELD_OUT_QUESTIONS } from './held-out-questions.ts'
import type { Row } from './report.ts'

/** An asked question. */
export interface AskedQuestion extends FirstQuestion {
  readonly result: ChatResult
  /** The first citation is of the right document and the answer has the right fragment, or the answer is a refusal. */
  readonly isRight: boolean
}

const HELD_OUT = fileURLToPath(new URL('held-out', import.meta.url))
const HANDBOOK = readFolder(fileURLToPath(new URL('../../examples/demo', import.meta.url)), {
  include: (path) => path === 'handbook.md',
})

// The documents of examples/demo/ragwire.config.json.
const FOLDERS = new Set(['docs', 'docs/guides', 'docs/guides/zh', 'examples', 'examples/demo'])
const FILES = new Set(['README.md', 'examples/demo/handbook.pdf'])
const isFile = (path: string): boolean => FILES.has(path) || /^docs\/(?!guarantees).*\.md$/u.test(path)
const PROJECT = readFolder(fileURLToPath(new URL('../..', import.meta.url)), {
  include: isFile,
  exclude: (path) => !FOLDERS.has(path) && !isFile(path),
})

const GOALS = { good: 0.85, excellent: 0.95 }

/** Asks the questions about this project, of its own documents. */
export async function askFirstQuestions(): Promise<readonly AskedQuestion[]> {
  return askAll(await indexProject(), FIRST_QUESTIONS)
}

/** Indexes the documents of this project. */
export async function indexProject(): Promise<Knowledge> {
  return indexed(await readAll(PROJECT))
}

/** Asks the questions about other documents. */
export async function askHeldOutQuestions(): Promise<readonly AskedQuestion[]> {
  return askAll(await indexHeldOut(), HELD_OUT_QUESTIONS)
}

/** Indexes the folder `held-out` and the handbook of the demo. */
export async function indexHeldOut(): Promise<Knowledge> {
  return indexed([...(await readAll(readFolder(HELD_OUT))), ...(await readAll(HANDBOOK))])
}

/** Prints each question with its answer, and returns the share of right answers of both sets. */
export async function evaluateFirstQuestions(): Promise<readonly Row[]> {
  const own = await askFirstQuestions()
  const others = await askHeldOutQuestions()
  for (const { isRight, question, result } of [...own, ...others])
    console.log(`${isRight ? 'right' : 'WRONG'}  ${question}\n       ${result.answer.replaceAll('\n', '\n       ')}`)
  return [
    { measure: `first questions about this project, of ${own.length}`, value: shareOf(own), ...GOALS },
    { measure: `first questions about other documents, of ${others.length}`, value: shareOf(others), ...GOALS },
  ]
}

function shareOf(asked: readonly AskedQuestion[]): number {
  return asked.filter(({ isRight }) => isRight).length / asked.length
}

async function readAll(folder: AsyncIterable<KnowledgeDocument>): Promise<readonly KnowledgeDocument[]> {
  const documents: KnowledgeDocument[] = []
  for await (const document of folder) documents.push(document)
  return documents
}

/** Indexes documents as `ragwire serve` does. */
async function indexed(documents: readonly KnowledgeDocument[]): Promise<Knowledge> {
  const knowledge = createKnowledge({ store: memoryKnowledgeStore(), chunkChars: 400 })
  await collectReport(knowledge.sync(documents))
  return knowledge
}

async function askAll(knowledge: Knowledge, questions: readonly FirstQuestion[]): Promise<readonly AskedQuestion[]> {
  const options = {
    retriever: knowledge.retriever(),
    model: extractiveChatModel({ wordsPerSecond: Infinity }),
    condenser: localCondenser(),
  }
  const asked: AskedQuestion[] = []
  for (const question of questions) {
    const result = await collectChat(streamChat({ ...options, question: question.question }))
    asked.push(judge(question, result))
  }
  return asked
}

function judge(question: FirstQuestion, result: ChatResult): AskedQuestion {
  const { from, says = [] } = question
  const [first] = citedDocuments(result)
  const isRight =
    from === undefined
      ? first === undefined
      : first !== undefined && from.includes(first) && says.some((fragment) => result.answer.includes(fragment))
  return { ...question, result, isRight }
}

/** Returns the ids of the documents that an answer cites, in order. */
function citedDocuments({ sources, citations }: ChatResult): readonly string[] {
  return citations.flatMap(({ number }) => sources.find((source) => source.number === number)?.documentId ?? [])
}
