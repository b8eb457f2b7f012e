import * as z from 'zod'
import { usageError } from '../command-line/cli-error.ts'
import type { Measure, Measures, Percentiles } from './measures.ts'
import { readText } from './read-text.ts'
import type { QuestionReport } from './question-report.ts'
import { REPORT_VERSION, type EvalReport } from './report.ts'

const count = z.int().min(0)
const share = z.number().min(0).max(1).nullable()
const milliseconds = z.number().min(0).nullable()
const names = z.array(z.array(z.string()))

const measure = z.object({ value: share, of: count }) satisfies z.ZodType<Measure>
const percentiles = z.object({ median: milliseconds, p95: milliseconds }) satisfies z.ZodType<Percentiles>

const measures = z.object({
  passed: measure,
  completed: measure,
  recall: measure,
  pageRecall: measure,
  reciprocalRank: measure,
  citesExpected: measure,
  contains: measure,
  cited: measure,
  supported: measure,
  unsupported: measure,
  answered: measure,
  refused: measure,
  firstTokenMs: percentiles,
  totalMs: percentiles,
  inputTokens: count,
  outputTokens: count,
  tokensEstimated: z.boolean(),
  errors: z.record(z.string(), count),
}) satisfies z.ZodType<Measures>

const question = z.object({
  id: z.string(),
  question: z.string(),
  thread: z.string().nullable(),
  expected: z.object({ sources: names, contains: names, refuses: z.boolean().nullable() }),
  outcome: z.enum(['answered', 'refused', 'failed']),
  error: z.string().nullable(),
  passed: z.boolean().nullable(),
  failures: z.array(z.string()),
  query: z.string().nullable(),
  answer: z.string(),
  sources: z.array(z.object({ documentId: z.string(), page: z.int().nullable(), cited: z.boolean() })),
  results: z.object({
    recall: share,
    pageRecall: share,
    reciprocalRank: share,
    citesExpected: z.boolean().nullable(),
    contains: z.boolean().nullable(),
  }),
  citations: z.object({ supported: count, weak: count, unsupported: count, unchecked: count }),
  firstTokenMs: milliseconds,
  totalMs: z.number().min(0),
  tokens: z.object({ input: count, output: count, estimated: z.boolean() }),
}) satisfies z.ZodType<QuestionReport>

const REPORT = z.object({
  format: z.literal('ragwire-eval'),
  version: z.literal(REPORT_VERSION),
  createdAt: z.string(),
  complete: z.boolean(),
  durationMs: z.number().min(0),
  pipeline: z.object({
    ragwire: z.string(),
    model: z.string(),
    embedder: z.string().nullable(),
    chunkChars: z.number(),
    topK: count.nullable(),
    chunks: count,
    documents: z.record(z.string(), z.string()),
  }),
  concurrency: count,
  measures,
  questions: z.array(question),
}) satisfies z.ZodType<EvalReport>

/**
 * Reads a report that an earlier call has written.
 *
 * @throws CliError that names the file and the problem
 */
export async function readReport(file: string, cwd: string): Promise<EvalReport> {
  return parseReport(await readText(file, cwd, 'a baseline is a file that --output has written'), file)
}

/**
 * Parses the text of a report.
 *
 * @throws CliError that names the file and the problem
 */
export function parseReport(text: string, file: string): EvalReport {
  const advice = 'write one with ragwire eval --output'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw usageError(`Cannot use the baseline ${file}: it is not JSON, so ${advice}`, cause)
  }
  const { success, data, error } = REPORT.safeParse(value)
  if (success) return data
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
  if (typeof version === 'number' && version !== REPORT_VERSION) {
    throw usageError(`Cannot use the baseline ${file}: it has version ${version}, not ${REPORT_VERSION}, so ${advice}`)
  }
  const path = error.issues[0]?.path.join('.') || 'the file'
  throw usageError(`Cannot use the baseline ${file}: ${path} is not that of a report, so ${advice}`, error)
}
