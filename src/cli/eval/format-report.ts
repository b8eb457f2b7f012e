import { SHARE_NAMES, type Comparison } from './compare-reports.ts'
import { cutToWidth, formatTable } from './format-table.ts'
import type { Measures, Percentiles, ShareName } from './measures.ts'
import type { QuestionReport } from './question-report.ts'
import type { EvalReport } from './report.ts'

const MAX_LISTED = 20
const QUESTION_PLACES = 60

const LABELS: Readonly<Record<ShareName, string>> = {
  passed: 'questions that pass',
  completed: 'runs without an error',
  recall: 'recall of documents',
  pageRecall: 'recall of pages',
  reciprocalRank: 'reciprocal rank',
  citesExpected: 'cites an expected source',
  contains: 'contains the expected text',
  cited: 'answers with citations',
  supported: 'citations supported',
  unsupported: 'citations unsupported',
  answered: 'answered as expected',
  refused: 'refused as expected',
}

/** Formats a report for a terminal: the measures, and the questions with a problem. */
export function formatReport(report: EvalReport, comparison?: Comparison): readonly string[] {
  const { measures, questions, pipeline, concurrency, durationMs } = report
  const documents = Object.keys(pipeline.documents).length
  const count = (passed: boolean | null) => questions.filter((question) => question.passed === passed).length
  const counts = [`${count(true)} passed`, `${count(false)} failed`]
  if (count(null) > 0) counts.push(`${count(null)} without expectations`)
  return [
    `${questions.length} questions: ${counts.join(', ')}${report.complete ? '' : ' (partial: the run was stopped)'}`,
    `${pipeline.model}; ${counted(documents, 'document')}, ${counted(pipeline.chunks, 'chunk')}; ${concurrency} at a time, ${(durationMs / 1000).toFixed(1)} s`,
    '',
    ...formatTable(comparison ? rowsOfBoth(comparison) : rowsOf(measures)),
    ...problems(questions),
  ]
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

/** Formats a share; `-` if nothing was measured. */
export function formatShare(value: number | null): string {
  return value === null ? '-' : value.toFixed(3)
}

function rowsOf(measures: Measures): readonly (readonly string[])[] {
  return [
    ['MEASURE', 'VALUE', 'OF', 'NAME'],
    ...SHARE_NAMES.map((name) => [
      LABELS[name],
      formatShare(measures[name].value),
      measures[name].of === 0 ? '-' : String(measures[name].of),
      name,
    ]),
    ...otherRows(measures).map(([label, value]) => [label, value]),
  ]
}

function rowsOfBoth({ before, after }: Comparison): readonly (readonly string[])[] {
  const others = otherRows(after)
  return [
    ['MEASURE', 'BEFORE', 'NOW', 'CHANGE', 'OF', 'NAME'],
    ...SHARE_NAMES.map((name) => {
      const [then, now] = [before[name].value, after[name].value]
      const of = after[name].of === 0 ? '-' : String(after[name].of)
      return [LABELS[name], formatShare(then), formatShare(now), formatChange(then, now), of, name]
    }),
    ...otherRows(before).map(([label, value], index) => [label, value, others[index]?.[1] ?? '-']),
  ]
}

function formatChange(before: number | null, after: number | null): string {
  if (before === null || after === null || before === after) return ''
  return `${after > before ? '+' : ''}${(after - before).toFixed(3)}`
}

function otherRows(measures: Measures): readonly (readonly [label: string, value: string])[] {
  const { firstTokenMs, totalMs, inputTokens, outputTokens, tokensEstimated, errors, answered, refused } = measures
  const failed = Object.entries(errors).map(([code, number]) => `${number} ${code}`)
  return [
    ['false refusals', missing(answered)],
    ['missed refusals', missing(refused)],
    ...latencyRows('first word', firstTokenMs),
    ...latencyRows('whole answer', totalMs),
    ['tokens in', `${inputTokens}${tokensEstimated ? ' (estimated)' : ''}`],
    ['tokens out', `${outputTokens}${tokensEstimated ? ' (estimated)' : ''}`],
    ['errors', failed.length === 0 ? '-' : failed.join(', ')],
  ]
}

function missing({ value, of }: Measures['answered']): string {
  return value === null ? '-' : String(Math.round((1 - value) * of))
}

function latencyRows(label: string, { median, p95 }: Percentiles): readonly (readonly [string, string])[] {
  const show = (value: number | null) => (value === null ? '-' : `${Math.round(value)} ms`)
  return [
    [`${label}, median`, show(median)],
    [`${label}, p95`, show(p95)],
  ]
}

/** Lists the questions with a problem, the worst first. */
function problems(questions: readonly QuestionReport[]): readonly string[] {
  const found = questions
    .flatMap((question) => {
      const reasons = [...question.failures, ...citationProblems(question)]
      return reasons.length === 0 ? [] : [{ question, reasons }]
    })
    .toSorted((a, b) => weightOf(b.question) - weightOf(a.question))
  if (found.length === 0) return []
  const rest = found.length - MAX_LISTED
  return [
    '',
    'Questions with a problem:',
    ...found
      .slice(0, MAX_LISTED)
      .flatMap(({ question, reasons }) => [
        `  ${cutToWidth(nameOf(question), QUESTION_PLACES)}`,
        ...reasons.map((reason) => `    ${cutToWidth(reason, 2 * QUESTION_PLACES)}`),
      ]),
    ...(rest > 0 ? [`  and ${rest} more: see --json`] : []),
  ]
}

function citationProblems({ citations: { unsupported } }: QuestionReport): readonly string[] {
  if (unsupported === 0) return []
  return [`${unsupported} citation${unsupported === 1 ? ' is' : 's are'} not supported by the source`]
}

/** A failed run is worse than a failed expectation, and that is worse than a citation without support. */
function weightOf({ outcome, failures, citations }: QuestionReport): number {
  return (outcome === 'failed' ? 10_000 : 0) + failures.length * 100 + Math.min(99, citations.unsupported)
}

function nameOf({ id, question }: QuestionReport): string {
  return id === question ? question : `${id}: ${question}`
}
