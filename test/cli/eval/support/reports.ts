import { measure } from '../../../../src/cli/eval/measures.ts'
import type { QuestionReport } from '../../../../src/cli/eval/question-report.ts'
import type { EvalReport } from '../../../../src/cli/eval/report.ts'

/** Makes the report of a question that passed. */
export function questionReport(fields: Partial<QuestionReport> = {}): QuestionReport {
  return {
    id: 'tea',
    question: 'How hot is green tea?',
    thread: null,
    expected: { sources: [['tea.md']], contains: [], refuses: null },
    outcome: 'answered',
    error: null,
    passed: true,
    failures: [],
    query: 'How hot is green tea?',
    answer: 'At 80 °C [1].',
    sources: [{ documentId: 'tea.md', page: null, cited: true }],
    results: { recall: 1, pageRecall: null, reciprocalRank: 1, citesExpected: true, contains: null },
    citations: { supported: 1, weak: 0, unsupported: 0, unchecked: 0 },
    firstTokenMs: 100,
    totalMs: 200,
    tokens: { input: 10, output: 5, estimated: false },
    ...fields,
  }
}

/** Makes a report of questions. */
export function evalReport(questions: readonly QuestionReport[], fields: Partial<EvalReport> = {}): EvalReport {
  return {
    format: 'ragwire-eval',
    version: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    complete: true,
    durationMs: 1000,
    pipeline: {
      ragwire: '1.0.0',
      model: 'built-in',
      embedder: null,
      chunkChars: 400,
      topK: null,
      chunks: 3,
      documents: { 'tea.md': 'aaa', 'coffee.md': 'bbb' },
    },
    concurrency: 2,
    measures: measure(questions),
    questions,
    ...fields,
  }
}
