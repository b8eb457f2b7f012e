import { collectChat, isChatError, toChatError, type Chat, type ChatError, type ChatResult } from '../../index.ts'
import type { DocumentIds } from './expected-source.ts'
import { judgeAnswer } from './judge-answer.ts'
import type { EvalQuestion } from './question.ts'
import type { QuestionReport } from './question-report.ts'

/** A run over questions. */
export interface AskQuestions {
  /** Answers the questions. It needs a history store for conversations. */
  readonly chat: Chat
  /** The documents that expected sources are looked up in. */
  readonly documents: DocumentIds
  /** Number of conversations at a time, from 1. */
  readonly concurrency: number
  /** Ends the run. Questions that are answered by then are in the result. */
  readonly signal: AbortSignal
  /** Called after each question, with the cause of its failure. */
  onAnswer(report: QuestionReport, error: ChatError | undefined): void
}

/** The results of a run. */
export interface AskedQuestions {
  /** The asked questions, in the order of the file. */
  readonly questions: readonly QuestionReport[]
  /** The reason why the others were not asked; undefined if all were. */
  readonly stopped?: 'interrupted' | 'failing'
}

/** All answers belong to one user, who may read all documents. */
const SCOPE = 'eval'
/** A wrong key or address fails every question, so the others are not asked. */
const MAX_FAILURES_AT_START = 5

/** Asks the questions, each conversation in its order. A failed question does not end the run. */
export async function askQuestions(questions: readonly EvalQuestion[], run: AskQuestions): Promise<AskedQuestions> {
  const conversations = toConversations(questions)
  const reports = new Map<EvalQuestion, QuestionReport>()
  let next = 0

  function isFailing(): boolean {
    return reports.size >= MAX_FAILURES_AT_START && [...reports.values()].every(({ outcome }) => outcome === 'failed')
  }

  async function work(): Promise<void> {
    for (let index = next++; index < conversations.length; index = next++) {
      const threadId = crypto.randomUUID()
      for (const question of conversations[index] ?? []) {
        if (run.signal.aborted || isFailing()) return
        const asked = await askQuestion(question, threadId, run)
        if (!asked) return
        reports.set(question, asked.report)
        run.onAnswer(asked.report, asked.error)
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(run.concurrency, conversations.length) }, work))
  const asked = questions.flatMap((question) => reports.get(question) ?? [])
  if (asked.length === questions.length) return { questions: asked }
  return { questions: asked, stopped: run.signal.aborted ? 'interrupted' : 'failing' }
}

/** Asks one question; returns undefined if the signal has ended its run. */
async function askQuestion(question: EvalQuestion, threadId: string, { chat, documents, signal }: AskQuestions) {
  let error: ChatError | undefined
  const result = await collect()
  if (result.finishReason === 'abort') return undefined
  return { report: judgeAnswer(question, { result, error: error?.code ?? null }, documents), error }

  async function collect() {
    try {
      return await collectChat(chat.stream({ question: question.question, scope: SCOPE, threadId, signal }))
    } catch (thrown) {
      // The cause of a failed run has the details that the public error leaves out.
      error = isChatError(thrown) && isChatError(thrown.cause) ? thrown.cause : toChatError(thrown, codeOf(thrown))
      return (isChatError(thrown) ? thrown.partial : undefined) ?? NO_RESULT
    }
  }
}

/** The result of a run that was rejected before its start. */
const NO_RESULT: ChatResult = {
  finishReason: 'error',
  answer: '',
  sources: [],
  citations: [],
  warnings: [],
  usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, phases: {} },
  timings: { total: 0 },
  saved: false,
}

/** A question that is too long is rejected before its run. */
function codeOf(thrown: unknown): 'invalid-input' | 'internal' {
  return thrown instanceof TypeError || thrown instanceof RangeError ? 'invalid-input' : 'internal'
}

function toConversations(questions: readonly EvalQuestion[]): readonly (readonly EvalQuestion[])[] {
  const conversations = new Map<string | EvalQuestion, EvalQuestion[]>()
  for (const question of questions) {
    const key = question.thread ?? question
    conversations.set(key, [...(conversations.get(key) ?? []), question])
  }
  return [...conversations.values()]
}
