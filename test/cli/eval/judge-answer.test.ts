import { describe, expect, it } from 'vitest'
import type { ChatResult, CheckedCitation, Source } from '../../../src/index.ts'
import { warningOf } from '../../../src/cli/eval/expected-source.ts'
import { judgeAnswer } from '../../../src/cli/eval/judge-answer.ts'
import { toQuestion } from '../../../src/cli/eval/question.ts'

const documents = {
  folder: '/home/me/docs',
  cwd: '/home/me',
  ids: new Set(['tea.md', 'guide/coffee.md', 'book.pdf', 'a#page=2']),
}

function source(number: number, documentId: string, page?: number): Source {
  const location = page === undefined ? {} : { location: { page } }
  return {
    number,
    sourceId: `${number}`,
    documentId,
    chunkId: `${number}`,
    title: '',
    text: '',
    metadata: {},
    ...location,
  }
}

/** Cites each `[n]` of the answer. */
function result(answer: string, sources: readonly Source[] = [], fields: Partial<ChatResult> = {}): ChatResult {
  const citations = [...answer.matchAll(/\[(\d)\]/g)].map((match, index): CheckedCitation => {
    const range = { start: match.index, end: match.index + match[0].length }
    return { index, number: Number(match[1]), sourceId: match[1] ?? '', ...range, support: 'supported', reasons: [] }
  })
  const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5, phases: {} }
  const timings = { firstToken: 10, total: 20 }
  return { finishReason: 'stop', answer, sources, citations, warnings: [], usage, timings, saved: true, ...fields }
}

function judge(question: object, given: ChatResult, error: string | null = null) {
  return judgeAnswer(toQuestion({ question: 'q', ...question }), { result: given, error }, documents)
}

describe('judgeAnswer', () => {
  it('passes an answer that has and cites the source and contains the text', () => {
    const report = judge(
      { sources: ['tea.md'], contains: ['80 °C'] },
      result('At 80 °C [2].', [source(1, 'book.pdf'), source(2, 'tea.md')]),
    )
    expect(report).toMatchObject({
      passed: true,
      failures: [],
      outcome: 'answered',
      results: { recall: 1, pageRecall: null, reciprocalRank: 1 / 2, citesExpected: true, contains: true },
      citations: { supported: 1, unsupported: 0 },
      firstTokenMs: 10,
      totalMs: 20,
      tokens: { input: 3, output: 2, estimated: false },
    })
  })

  it('has no verdict on a question without expectations', () => {
    expect(judge({}, result('At 80 °C.'))).toMatchObject({ passed: null, failures: [], results: { recall: null } })
  })

  it('needs every entry, and one alternative of each', () => {
    const sources = [source(1, 'tea.md'), source(2, 'guide/coffee.md')]
    const expected = { sources: ['tea.md', ['book.pdf', 'guide/coffee.md']], contains: [['two', '2'], 'cups'] }
    expect(judge(expected, result('Two cups [1].', sources))).toMatchObject({ passed: true, results: { recall: 1 } })
    expect(judge(expected, result('Three cups [1].', sources.slice(0, 1)))).toMatchObject({
      failures: ['Not among the sources: book.pdf or guide/coffee.md', 'Not in the answer: "two" or "2"'],
      results: { recall: 0.5, contains: false },
    })
  })

  it('finds a page only on that page, and its document on any page', () => {
    const report = judge({ sources: ['book.pdf#page=3'] }, result('Yes [1].', [source(1, 'book.pdf', 2)]))
    expect(report.failures).toEqual(['Not among the sources: book.pdf#page=3'])
    expect(report.results).toMatchObject({ recall: 1, pageRecall: 0, reciprocalRank: 0, citesExpected: false })
    const right = judge({ sources: ['book.pdf#page=3'] }, result('Yes [1].', [source(1, 'book.pdf', 3)]))
    expect(right).toMatchObject({ passed: true, results: { pageRecall: 1 } })
  })

  it('fails an answer that cites none of the expected sources', () => {
    const sources = [source(1, 'book.pdf'), source(2, 'tea.md')]
    expect(judge({ sources: ['tea.md'] }, result('Hot [1].', sources)).failures).toEqual([
      'It cites no expected source',
    ])
  })

  it.each([
    ['width and case', 'At ８０ ℃ IN A POT [1].', '80 °c in a pot'],
    ['white space and line ends', 'At\n80\u00A0°C [1].', 'at 80 °C'],
    ['markers between the words', 'At 80 °C [1] for two minutes [1].', '80 °C for two minutes'],
    ['a marker before the full stop', 'At 80 °C [1].', 'at 80 °C.'],
  ])('finds a text that differs in %s', (_kind, answer, text) => {
    expect(judge({ contains: [text] }, result(answer, [source(1, 'tea.md')])).passed).toBe(true)
  })

  it('keeps a number in brackets that is no citation', () => {
    const given = result('The list is a[1].', [], { citations: [] })
    expect(judge({ contains: ['a[1]'] }, given).passed).toBe(true)
  })

  it.each([
    ['without evidence', result('Nothing was found.', [], { finishReason: 'no-evidence' })],
    ['in the words of a model', result('I don’t know, the sources do not say.')],
    ['in Chinese', result('资料中没有提到这一点。')],
    ['in a phrase of the question', result('Please ask a person.')],
  ])('takes a refusal %s as one', (_kind, given) => {
    expect(judge({ refuses: ['ask a person'] }, given)).toMatchObject({ outcome: 'refused', passed: true })
    const failures = ['It was refused instead of answered']
    if (given.finishReason === 'no-evidence') expect(judge({ refuses: false }, given)).toMatchObject({ failures })
  })

  it.each([
    ['cites a source', result('I don’t know the year, but it is hot [1].', [source(1, 'tea.md')])],
    ['cites nothing and does not refuse', result('It is Paris.')],
  ])('takes an answer that %s as an answer', (_kind, given) => {
    expect(judge({ refuses: true }, given).failures).toEqual(['It was answered instead of refused'])
  })

  it('measures nothing but the failure of a failed run', () => {
    const report = judge({ sources: ['tea.md'] }, result('', [source(1, 'tea.md')]), 'upstream-timeout')
    expect(report).toMatchObject({
      outcome: 'failed',
      error: 'upstream-timeout',
      passed: false,
      failures: ['The run failed: upstream-timeout'],
      results: { recall: null, citesExpected: null },
    })
  })

  it.each([
    ['the path from the current folder', 'docs/tea.md', 'tea.md'],
    ['a path with a dot', './docs/guide/coffee.md', 'guide/coffee.md'],
    ['an id that looks like a page', 'a#page=2', 'a#page=2'],
  ])('finds a document by %s', (_kind, name, documentId) => {
    expect(judge({ sources: [name] }, result('Yes [1].', [source(1, documentId)])).passed).toBe(true)
    expect(warningOf(name, documents)).toBeUndefined()
  })

  it.each([
    ['coffee.md', ': did you mean "guide/coffee.md"?'],
    ['te.md', ': did you mean "tea.md"?'],
    ['unrelated.txt', ''],
  ])('warns about %s, which is not in the index', (name, advice) => {
    expect(warningOf(name, documents)).toBe(`The expected source "${name}" is not in the index${advice}`)
  })
})
