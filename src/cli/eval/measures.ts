import type { QuestionReport } from './question-report.ts'

/** A measure over several questions. */
export interface Measure {
  /** The value, from 0 to 1; null if nothing was measured, so that nothing is divided by 0. */
  readonly value: number | null
  /** The number of questions, or of citations, that it is the mean of. */
  readonly of: number
}

/** Median and 95th percentile, by the nearest rank; null without a value. */
export interface Percentiles {
  /** The median. */
  readonly median: number | null
  /** The 95th percentile. */
  readonly p95: number | null
}

/** The measures that a loss is judged by. A higher value is better, except for `unsupported`. */
export interface Shares {
  /** Questions whose expectations all hold, of those with expectations. */
  readonly passed: Measure
  /** Questions whose run did not fail. */
  readonly completed: Measure
  /**
   * Mean share of the expected documents that are among the sources of the answer: recall at k, where k is the number of
   * sources that an answer gets (Manning, Raghavan and Schütze, Introduction to Information Retrieval, chapter 8).
   */
  readonly recall: Measure
  /** The same for expected pages. */
  readonly pageRecall: Measure
  /** Mean reciprocal rank of the first expected source (Voorhees, The TREC-8 Question Answering Track Report, 1999). */
  readonly reciprocalRank: Measure
  /** Answers that cite an expected source, of the questions that expect sources. */
  readonly citesExpected: Measure
  /** Answers that contain all expected texts, of the questions that expect texts. */
  readonly contains: Measure
  /** Answers with at least one citation, of the questions that do not expect a refusal. */
  readonly cited: Measure
  /**
   * Citations whose source covers the claim, of those that were checked: the precision of citations (Gao et al., Enabling
   * Large Language Models to Generate Text with Citations, 2023), judged by the citation check of this library.
   */
  readonly supported: Measure
  /** Citations whose source does not cover the claim, of those that were checked. Lower is better. */
  readonly unsupported: Measure
  /** Questions that were answered, of those that expect an answer. The others are false refusals. */
  readonly answered: Measure
  /** Questions that were refused, of those that expect a refusal. The others are missed refusals. */
  readonly refused: Measure
}

/** The name of a measure that a loss is judged by. */
export type ShareName = keyof Shares

/** All measures of a list of questions. */
export interface Measures extends Shares {
  /** Time to the first word, in milliseconds, of the runs that did not fail. */
  readonly firstTokenMs: Percentiles
  /** Time to the end, in milliseconds, of the runs that did not fail. */
  readonly totalMs: Percentiles
  /** Number of tokens that were sent. */
  readonly inputTokens: number
  /** Number of tokens that were generated. */
  readonly outputTokens: number
  /** True if some tokens are estimated. */
  readonly tokensEstimated: boolean
  /** Number of failed runs by the code of their error. */
  readonly errors: Readonly<Record<string, number>>
}

/** Computes the measures of a list of questions. They depend on nothing else. */
export function measure(questions: readonly QuestionReport[]): Measures {
  const completed = questions.filter(({ outcome }) => outcome !== 'failed')
  const expectAnswer = completed.filter(expectsAnswer)
  const mayAnswer = completed.filter(({ expected }) => expected.refuses !== true)
  const expectRefusal = completed.filter(({ expected }) => expected.refuses === true)
  const result = (name: keyof QuestionReport['results']) => mean(questions.map(({ results }) => results[name]))
  return {
    passed: mean(questions.map(({ passed }) => passed)),
    completed: mean(questions.map(({ outcome }) => outcome !== 'failed')),
    recall: result('recall'),
    pageRecall: result('pageRecall'),
    reciprocalRank: result('reciprocalRank'),
    citesExpected: result('citesExpected'),
    contains: result('contains'),
    cited: mean(mayAnswer.map(isCited)),
    supported: shareOfCitations(completed, 'supported'),
    unsupported: shareOfCitations(completed, 'unsupported'),
    answered: mean(expectAnswer.map(({ outcome }) => outcome === 'answered')),
    refused: mean(expectRefusal.map(({ outcome }) => outcome === 'refused')),
    firstTokenMs: percentiles(completed.map(({ firstTokenMs }) => firstTokenMs)),
    totalMs: percentiles(completed.map(({ totalMs }) => totalMs)),
    inputTokens: questions.reduce((sum, { tokens }) => sum + tokens.input, 0),
    outputTokens: questions.reduce((sum, { tokens }) => sum + tokens.output, 0),
    tokensEstimated: questions.some(({ tokens }) => tokens.estimated),
    errors: countErrors(questions),
  }
}

function expectsAnswer({ expected }: QuestionReport): boolean {
  return expected.refuses === false || expected.sources.length + expected.contains.length > 0
}

function isCited({ citations }: QuestionReport): boolean {
  return Object.values(citations).some((count) => count > 0)
}

function mean(values: readonly (number | boolean | null)[]): Measure {
  const known = values.filter((value) => value !== null).map(Number)
  return {
    value: divide(
      known.reduce((sum, value) => sum + value, 0),
      known.length,
    ),
    of: known.length,
  }
}

function shareOfCitations(questions: readonly QuestionReport[], support: 'supported' | 'unsupported'): Measure {
  const sum = (name: 'supported' | 'weak' | 'unsupported') =>
    questions.reduce((total, { citations }) => total + citations[name], 0)
  const checked = sum('supported') + sum('weak') + sum('unsupported')
  return { value: divide(sum(support), checked), of: checked }
}

function divide(sum: number, count: number): number | null {
  return count === 0 ? null : sum / count
}

function percentiles(values: readonly (number | null)[]): Percentiles {
  const sorted = values.filter((value) => value !== null).toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
  return { median: at(0.5), p95: at(0.95) }
}

function countErrors(questions: readonly QuestionReport[]): Readonly<Record<string, number>> {
  const codes = questions.flatMap(({ error }) => error ?? [])
  return Object.fromEntries([...new Set(codes)].map((code) => [code, codes.filter((one) => one === code).length]))
}
