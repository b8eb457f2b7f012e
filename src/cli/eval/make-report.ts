import { performance } from 'node:perf_hooks'
import { createChat, memoryHistoryStore, type Chat } from '../../index.ts'
import type { KnowledgeDocument } from '../../knowledge.ts'
import type { CommandCall } from '../command-line/command.ts'
import type { Terminal } from '../command-line/terminal.ts'
import { resolveSettings, type Settings } from '../settings/settings.ts'
import { createIndexLog } from '../workspace/index-log.ts'
import { openWorkspace, type Workspace } from '../workspace/open-workspace.ts'
import { askQuestions, type AskedQuestions } from './ask-questions.ts'
import type { EVAL_OPTIONS, EvalSettings } from './eval-settings.ts'
import { warningOf, type DocumentIds } from './expected-source.ts'
import { hashDocuments } from './hash-documents.ts'
import { measure } from './measures.ts'
import type { EvalQuestion } from './question.ts'
import { REPORT_VERSION, type EvalReport } from './report.ts'

/** The reason why some questions were not asked. */
export type StopReason = NonNullable<AskedQuestions['stopped']>

/** A report, and the reason why it is partial. */
export interface MadeReport {
  /** The report. */
  readonly report: EvalReport
  /** The reason why some questions were not asked; undefined if all were. */
  readonly stopped: StopReason | undefined
}

/**
 * Indexes the documents, asks the questions in the way `ragwire serve` does, and measures the answers.
 *
 * @throws CliError when a setting is wrong or the documents cannot be read
 */
export async function makeReport(
  questions: readonly EvalQuestion[],
  { concurrency }: EvalSettings,
  call: CommandCall<typeof EVAL_OPTIONS>,
): Promise<MadeReport> {
  const { terminal, interrupted: signal, cwd, version } = call
  // The built-in model pauses between words. A measurement needs no pauses.
  const settings = await resolveSettings({ ...call, positionals: [] }, { wordsPerSecond: Infinity })
  const workspace = await openWorkspace(settings)
  try {
    const listed = await workspace.list(signal)
    const log = createIndexLog(terminal)
    const { skipped } = await workspace.index(listed, log, signal).finally(log.clear)
    const documents = { folder: workspace.root.folder, cwd, ids: idsOf(listed, skipped) }
    warn(questions, documents, terminal)
    const { chunks } = await workspace.knowledge.state({ signal })
    const hashes = await hashDocuments(listed, signal)
    const begun = performance.now()
    const { questions: asked, stopped } = await askQuestions(questions, {
      chat: chatOf(workspace, settings),
      documents,
      concurrency,
      signal,
      onAnswer: createLog(terminal, settings, questions.length),
    })
    const { model, embedder, chunkChars } = settings
    const report: EvalReport = {
      format: 'ragwire-eval',
      version: REPORT_VERSION,
      createdAt: new Date().toISOString(),
      complete: stopped === undefined,
      durationMs: Math.round(performance.now() - begun),
      pipeline: {
        ragwire: version,
        model: model.name,
        embedder: embedder?.name ?? null,
        chunkChars,
        topK: settings.config.topK ?? null,
        chunks,
        documents: hashes,
      },
      concurrency,
      measures: measure(asked),
      questions: asked,
    }
    return { report, stopped }
  } finally {
    workspace.close()
  }
}

function idsOf(
  listed: readonly KnowledgeDocument[],
  skipped: readonly { readonly documentId: string }[],
): ReadonlySet<string> {
  const ids = new Set(listed.map(({ documentId }) => documentId))
  for (const { documentId } of skipped) ids.delete(documentId)
  return ids
}

function warn(questions: readonly EvalQuestion[], documents: DocumentIds, terminal: Terminal): void {
  for (const name of new Set(questions.flatMap(({ expected }) => expected.sources.flat()))) {
    const warning = warningOf(name, documents)
    if (warning !== undefined) terminal.note(warning)
  }
}

function chatOf({ knowledge }: Workspace, { model: { model, condenser }, config: { topK } }: Settings): Chat {
  return createChat({
    retriever: knowledge.retriever(),
    model,
    condenser,
    topK,
    // The conversations of a measurement do not belong among those of the user.
    history: memoryHistoryStore(),
    // The log shows each failure with its question.
    onError: () => {},
  })
}

const EVERY_MS = 1_000

/** Shows each failure, and the progress once a second. */
function createLog(
  terminal: Terminal,
  { model }: Settings,
  total: number,
): Parameters<typeof askQuestions>[1]['onAnswer'] {
  let asked = 0
  let shown = performance.now()
  return ({ id }, error) => {
    asked += 1
    if (error) terminal.note(`${id}: ${error.code}: ${model.advise(error)}`)
    if (asked === total || performance.now() - shown < EVERY_MS) return
    shown = performance.now()
    terminal.note(`Asked ${asked} of ${total} questions`)
  }
}
