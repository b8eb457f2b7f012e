import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareReports, DIRECTIONS, SHARE_NAMES } from '../../../src/cli/eval/compare-reports.ts'
import { formatReport } from '../../../src/cli/eval/format-report.ts'
import { measure } from '../../../src/cli/eval/measures.ts'
import { parseReport } from '../../../src/cli/eval/read-report.ts'
import type { QuestionReport } from '../../../src/cli/eval/question-report.ts'
import { evalReport, questionReport } from './support/reports.ts'

const STRICT = { tolerance: 0, maxLatencyLoss: undefined }
const FAILED = { passed: false, failures: ['Not in the answer: "80 °C"'] } as const

/** The same questions, of which the first ones fail. */
function withFailures(count: number, of = 10): readonly QuestionReport[] {
  return Array.from({ length: of }, (_, index) => questionReport({ id: `${index}`, ...(index < count && FAILED) }))
}

describe('compareReports', () => {
  it('finds a question that passed and now fails, also if another one now passes', () => {
    const before = [questionReport({ id: 'a' }), questionReport({ id: 'b', ...FAILED })]
    const after = [questionReport({ id: 'a', ...FAILED }), questionReport({ id: 'b' })]
    expect(compareReports(evalReport(before), evalReport(after), STRICT)).toMatchObject({
      worse: ['a'],
      better: ['b'],
      losses: ['"a" passed, and now fails'],
    })
  })

  it('allows, with a tolerance, as many new failures as the tolerance is of the questions', () => {
    const [before, two, three] = [0, 2, 3].map((count) => evalReport(withFailures(count)))
    if (!before || !two || !three) throw new Error('There are three reports')
    const options = { tolerance: 0.2, maxLatencyLoss: undefined }
    expect(compareReports(before, two, options)).toMatchObject({ worse: ['0', '1'], losses: [] })
    expect(compareReports(before, three, options).losses).toEqual(['passed fell from 1.000 to 0.700'])
  })

  it.each([
    [
      'an unsupported citation',
      { citations: { supported: 0, weak: 0, unsupported: 1, unchecked: 0 } },
      /^supported fell|^unsupported rose/,
    ],
    [
      'no citation',
      { citations: { supported: 0, weak: 0, unsupported: 0, unchecked: 0 } },
      /^cited fell from 1.000 to 0.000$/,
    ],
    ['a later rank', { results: { ...questionReport().results, reciprocalRank: 0.5 } }, /^reciprocalRank fell/],
    ['a failed run', { outcome: 'failed', error: 'upstream-timeout' }, /^completed fell/],
  ] as const)('finds %s of a question that still passes', (_kind, fields, message) => {
    const { losses } = compareReports(evalReport([questionReport()]), evalReport([questionReport(fields)]), STRICT)
    expect(losses).toContainEqual(expect.stringMatching(message))
  })

  it('judges the latency only if a limit is given', () => {
    const [before, after] = [evalReport([questionReport()]), evalReport([questionReport({ totalMs: 301 })])]
    expect(compareReports(before, after, STRICT).losses).toEqual([])
    expect(compareReports(before, after, { tolerance: 0, maxLatencyLoss: 0.51 }).losses).toEqual([])
    expect(compareReports(before, after, { tolerance: 0, maxLatencyLoss: 0.5 }).losses).toEqual([
      'the median time to the end rose from 200 ms to 301 ms',
    ])
  })

  it('compares only the questions that are the same in both, and names the others', () => {
    const expected = { sources: [], contains: [['90 °C']], refuses: null }
    const before = evalReport([
      questionReport({ id: 'same' }),
      questionReport({ id: 'changed' }),
      questionReport({ id: 'gone' }),
    ])
    const after = evalReport([
      questionReport({ id: 'same' }),
      questionReport({ id: 'changed', expected, ...FAILED }),
      questionReport({ id: 'new', ...FAILED }),
    ])
    expect(compareReports(before, after, STRICT)).toMatchObject({
      compared: ['same'],
      changed: ['changed'],
      added: ['new'],
      removed: ['gone'],
      losses: [],
      after: { passed: { value: 1, of: 1 } },
    })
  })

  it('states the differences of model, chunks, documents and version, and a partial baseline', () => {
    const before = evalReport([questionReport()], { complete: false })
    const { pipeline } = before
    const documents = { 'coffee.md': 'ccc', 'milk.md': 'ddd' }
    const changes = { model: 'gpt', embedder: 'small', chunkChars: 100, topK: 3, ragwire: '2.0.0', documents }
    const after = evalReport([questionReport()], { pipeline: { ...pipeline, ...changes }, concurrency: 8 })
    expect(compareReports(before, after, STRICT).differences).toEqual([
      'The model changed from built-in to gpt',
      'The embedder changed from none to small',
      'The chunk size changed from 400 to 100',
      'The topK changed from its default to 3',
      'The version of ragwire changed from 1.0.0 to 2.0.0',
      'The concurrency changed from 2 to 8',
      '1 document was removed: tea.md',
      '1 document was added: milk.md',
      '1 document was changed: coffee.md',
      'The baseline is partial, because its run was stopped',
    ])
  })

  const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null })
  const count = fc.integer({ min: 0, max: 3 })
  const anyQuestion = fc
    .record({
      outcome: fc.constantFrom('answered', 'refused', 'failed'),
      passed: fc.constantFrom(true, false, null),
      results: fc.record({
        recall: share,
        pageRecall: share,
        reciprocalRank: share,
        citesExpected: fc.constantFrom(true, false, null),
        contains: fc.constantFrom(true, false, null),
      }),
      citations: fc.record({ supported: count, weak: count, unsupported: count, unchecked: count }),
      totalMs: fc.integer({ min: 1, max: 1000 }),
    })
    .map((fields) => fields as Partial<QuestionReport>)
  const anyPair = fc.array(fc.tuple(anyQuestion, anyQuestion), { maxLength: 8 }).map((pairs) => ({
    before: evalReport(pairs.map(([fields], index) => questionReport({ id: `${index}`, ...fields }))),
    after: evalReport(pairs.map(([, fields], index) => questionReport({ id: `${index}`, ...fields }))),
  }))

  it('finds no loss in any report against itself, also after it was written and read', () => {
    fc.assert(
      fc.property(anyPair, ({ before }) => {
        const read = parseReport(JSON.stringify(before), 'baseline.json')
        const comparison = compareReports(read, before, { tolerance: 0, maxLatencyLoss: 0 })
        expect(comparison).toMatchObject({ losses: [], worse: [], better: [], differences: [], changed: [] })
      }),
    )
  })

  it('finds no loss with a higher tolerance that a lower one does not find', () => {
    const tolerance = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(anyPair, tolerance, tolerance, ({ before, after }, a, b) => {
        const lossesAt = (value: number) => compareReports(before, after, { ...STRICT, tolerance: value }).losses
        expect(lossesAt(Math.min(a, b))).toEqual(expect.arrayContaining([...lossesAt(Math.max(a, b))]))
      }),
    )
  })

  it('finds a loss in one direction at most for each measure', () => {
    fc.assert(
      fc.property(anyPair, ({ before, after }) => {
        const named = (losses: readonly string[]) =>
          losses.map((loss) => loss.split(' ')[0]).filter((name) => name && name in DIRECTIONS)
        const there = named(compareReports(before, after, STRICT).losses)
        const back = named(compareReports(after, before, STRICT).losses)
        expect(there.filter((name) => back.includes(name))).toEqual([])
      }),
    )
  })
})

describe('measure', () => {
  it('has no value where nothing was measured, and the table shows a dash', () => {
    const measures = measure([])
    for (const name of SHARE_NAMES) expect(measures[name]).toEqual({ value: null, of: 0 })
    expect(measures.totalMs).toEqual({ median: null, p95: null })
    const table = formatReport(evalReport([])).join('\n')
    expect(table).toMatch(/^recall of documents +- +- +recall$/m)
    expect(table).not.toMatch(/NaN|null|undefined|Infinity/)
  })

  it('takes median and 95th percentile by the nearest rank', () => {
    const questions = Array.from({ length: 20 }, (_, index) => questionReport({ totalMs: 20 - index }))
    expect(measure(questions).totalMs).toEqual({ median: 10, p95: 19 })
  })

  it('counts right, false and missed refusals', () => {
    const refuses = { sources: [], contains: [], refuses: true }
    const questions = [
      questionReport({ outcome: 'refused' }),
      questionReport(),
      questionReport({ expected: refuses, outcome: 'refused' }),
      questionReport({ expected: refuses }),
      questionReport({ expected: refuses, outcome: 'failed', error: 'internal' }),
    ]
    expect(measure(questions)).toMatchObject({
      answered: { value: 0.5, of: 2 },
      refused: { value: 0.5, of: 2 },
      completed: { value: 0.8, of: 5 },
      errors: { internal: 1 },
    })
  })
})

describe('parseReport', () => {
  it.each([
    ['no JSON', '{', /it is not JSON, so write one with ragwire eval --output/],
    ['another file', '{"name":"x"}', /format is not that of a report/],
    ['a later version', JSON.stringify({ ...evalReport([]), version: 2 }), /it has version 2, not 1/],
    [
      'a share above 1',
      JSON.stringify(evalReport([questionReport({ results: { ...questionReport().results, recall: 2 } })])),
      /recall.*is not that of a report/,
    ],
  ])('rejects %s with exit code 2', (_kind, text, message) => {
    expect(() => parseReport(text, 'b.json')).toThrow(message)
    expect(() => parseReport(text, 'b.json')).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

describe('formatReport', () => {
  it('aligns names of wide characters, and lists the worst question first', () => {
    const lines = formatReport(
      evalReport([
        questionReport({ id: '茶', question: '绿茶多热？\n再问', ...FAILED }),
        questionReport({ id: 'x', outcome: 'failed', passed: false, failures: ['The run failed: internal'] }),
      ]),
    )
    expect(lines.slice(lines.indexOf('Questions with a problem:') + 1)).toEqual([
      '  x: How hot is green tea?',
      '    The run failed: internal',
      '  茶: 绿茶多热？ 再问',
      '    Not in the answer: "80 °C"',
    ])
  })
})
