import type { Measures } from './measures.ts'
import type { QuestionReport } from './question-report.ts'

/** The version of the form of {@link EvalReport}. A report of another version is not compared. */
export const REPORT_VERSION = 1

/** The report of `ragwire eval`, as `--json` and `--output` write it. A value that does not exist is `null`. */
export interface EvalReport {
  /** Marks the file. */
  readonly format: 'ragwire-eval'
  /** The version of this form. */
  readonly version: typeof REPORT_VERSION
  /** Time of the end, as ISO 8601. */
  readonly createdAt: string
  /** False if some questions were not asked, because the run was stopped. */
  readonly complete: boolean
  /** Duration of all questions, in milliseconds, without indexing. */
  readonly durationMs: number
  /** The parts that answered. */
  readonly pipeline: Pipeline
  /** Number of conversations at a time. It changes the latency. */
  readonly concurrency: number
  /** The measures over all questions. */
  readonly measures: Measures
  /** The questions, in the order of the file. */
  readonly questions: readonly QuestionReport[]
}

/** The parts that answered. Two reports with different parts are compared, and the differences are shown. */
export interface Pipeline {
  /** Version of ragwire. */
  readonly ragwire: string
  /** Name of the model. */
  readonly model: string
  /** Name of the embedder; null without vectors. */
  readonly embedder: string | null
  /** Maximum length of a chunk, in UTF-16 code units. */
  readonly chunkChars: number
  /** Maximum number of sources of an answer, as the configuration has it; null for the default. */
  readonly topK: number | null
  /** Number of chunks in the index. */
  readonly chunks: number
  /** The first 12 digits of the SHA-256 of each document, by its id. */
  readonly documents: Readonly<Record<string, string>>
}
