import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFaultServer, faults, type FaultServer } from '../../../src/testing.ts'
import { parseReport } from '../../../src/cli/eval/read-report.ts'
import { runEval, writeFiles } from './support/run-eval.ts'

const GREEN = 'How hot is green tea steeped?'
const COFFEE = 'How many grams of beans does a cup of filter coffee need?'
const ROOIBOS = 'At which temperature do I steep rooibos?'
const PRICE = 'What is the price of green tea?'
const FRANCE = 'What is the capital of France?'

const FILES = {
  'docs/tea.md':
    '# Tea\n\nGreen tea is steeped at 80 °C for two minutes.\n\nBlack tea is steeped at 95 °C for four minutes.\n',
  'docs/coffee.md': '# Coffee\n\nFilter coffee is brewed at 92 °C. A cup of filter coffee needs 15 grams of beans.\n',
  'docs/面包.md': '# 面包\n\n面包在220度的烤箱里烤五十分钟。\n',
  'docs/rooibos.md':
    'Rooibos comes from the Cederberg mountains, and workers harvest it there by hand in summer. After it was cut and dried in the sun, put one spoon into each cup and steep it at 97 °C.\n',
  'questions.jsonl': [
    { question: GREEN, sources: ['tea.md'], contains: ['80 °C'] },
    { question: COFFEE, sources: ['docs/coffee.md'], contains: [['15 grams', '15 g']] },
    { question: '面包烤多久？', sources: ['面包.md'], contains: ['五十分钟'] },
    { question: ROOIBOS, sources: ['rooibos.md'], contains: ['97 °C'] },
    { question: FRANCE, refuses: true },
    { question: 'How long is black tea steeped?' },
  ]
    .map((question) => JSON.stringify(question))
    .join('\n'),
  'model-questions.jsonl': [
    { question: GREEN, sources: ['tea.md'], contains: ['80 °C'] },
    { question: PRICE, refuses: true },
  ]
    .map((question) => JSON.stringify(question))
    .join('\n'),
}

const DOCS = ['--docs', 'docs', '--memory']
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ragwire-eval-'))
  await writeFiles(folder, FILES)
  const { code } = await runEval(folder, ['questions.jsonl', ...DOCS, '--output', 'baseline.json'])
  if (code !== 0) throw new Error('The baseline could not be made')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('ragwire eval without a key', () => {
  it('measures the answers, and writes the same report to the file and, as JSON, to the output', async () => {
    const { code, output } = await runEval(folder, ['questions.jsonl', ...DOCS, '--json', '-o', 'again.json'])
    expect(code).toBe(0)
    const printed = parseReport(output, 'the output')
    expect(printed).toEqual(parseReport(await readFile(join(folder, 'again.json'), 'utf8'), 'again.json'))
    expect(printed).toMatchObject({
      complete: true,
      measures: { passed: { value: 1, of: 5 }, recall: { value: 1, of: 4 }, refused: { value: 1, of: 1 }, errors: {} },
      questions: [{ id: GREEN, passed: true }, {}, {}, {}, { outcome: 'refused', passed: true }, { passed: null }],
    })
    expect(Object.keys(printed.pipeline.documents)).toEqual(['coffee.md', 'rooibos.md', 'tea.md', '面包.md'])
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('finds no loss if nothing has changed', async () => {
    const { code, output } = await runEval(folder, ['questions.jsonl', ...DOCS, '--baseline', 'baseline.json'])
    expect(output).toMatch(/6 questions: 5 passed, 0 failed, 1 without expectations/)
    expect(output).toMatch(/^No loss$/m)
    expect(code).toBe(0)
  })

  it.each([
    ['a removed document', GREEN, [...DOCS, '--exclude', 'tea.md'], /1 document was removed: tea\.md/],
    ['a document without the fact', GREEN, ['--docs', 'other', '--memory'], /2 documents were changed/],
    ['chunks that cut a fact', ROOIBOS, [...DOCS, '--config', 'short.json'], /chunk size changed from 400 to 100/],
  ])('finds the loss of %s, and exits with 1', async (_kind, question, args, difference) => {
    await writeFiles(folder, {
      'other/tea.md': '# Tea\n\nGreen tea is steeped hot.\n\nBlack tea is steeped hotter.\n',
      'other/coffee.md': FILES['docs/coffee.md'].replace('15', '18'),
      'other/面包.md': FILES['docs/面包.md'],
      'other/rooibos.md': FILES['docs/rooibos.md'],
      'short.json': '{"chunkChars": 100}',
    })
    const { code, output } = await runEval(folder, ['questions.jsonl', ...args, '--baseline', 'baseline.json'])
    expect(output).toMatch(difference)
    expect(output).toMatch(/^Worse:\n/m)
    expect(output).toContain(`  "${question}" passed, and now fails`)
    expect(output).toMatch(/^ {2}passed fell from 1\.000 to 0\.\d{3}$/m)
    expect(code).toBe(1)
  })

  it('warns about an expected source that is not in the index', async () => {
    const { errors } = await runEval(folder, ['questions.jsonl', ...DOCS, '--exclude', 'tea.md'])
    expect(errors).toMatch(/^The expected source "tea\.md" is not in the index/m)
  })

  it('asks the questions of a conversation in their order, and replaces the baseline that it has read', async () => {
    await writeFiles(folder, {
      'thread.json': JSON.stringify([
        { id: '1', thread: 't', question: GREEN },
        { id: '2', thread: 't', question: 'And black tea?', contains: ['95 °C'] },
      ]),
    })
    const args = ['thread.json', ...DOCS, '--concurrency', '8', '-o', 'thread-report.json']
    expect(await runEval(folder, args)).toMatchObject({ code: 0, output: expect.stringMatching(/1 passed, 0 failed/) })
    expect((await runEval(folder, [...args, '--baseline', 'thread-report.json'])).code).toBe(0)
  })

  it('fails below a minimum, and for a minimum of what was not measured', async () => {
    const pass = await runEval(folder, ['questions.jsonl', ...DOCS, '--min', 'recall=1', '--min', 'passed=.9'])
    expect(pass.code).toBe(0)
    const args = ['questions.jsonl', ...DOCS, '--exclude', 'tea.md', '--min', 'recall=0.9', '--min', 'pageRecall=0.5']
    const { code, errors } = await runEval(folder, args)
    expect(errors).toMatch(/^recall is 0\.750, below the minimum of 0\.9\npageRecall is -, below the minimum of 0\.5$/m)
    expect(code).toBe(1)
  })

  it('asks only the first questions with a limit', async () => {
    const args = ['questions.jsonl', ...DOCS, '--limit', '2', '--baseline', 'baseline.json']
    const { code, output } = await runEval(folder, args)
    expect(output).toMatch(/2 questions: 2 passed/)
    expect(output).toMatch(/2 questions in both\nOnly in the baseline, and not compared:\n {2}面包烤多久？/)
    expect(code).toBe(0)
  })

  it.each([
    ['no file', [], /Cannot find questions: name their file/],
    ['a missing file', ['none.jsonl'], /Cannot read none\.jsonl: there is no such file/],
    ['a folder of documents', ['docs'], /Cannot read docs: it is a folder/],
    ['two files', ['questions.jsonl', 'b.jsonl'], /Cannot use "b\.jsonl": .*one argument/],
    [
      'a missing baseline',
      ['questions.jsonl', '--baseline', 'none.json'],
      /Cannot read none\.json: there is no such file/,
    ],
    [
      'a broken baseline',
      ['questions.jsonl', '--baseline', 'questions.jsonl'],
      /Cannot use the baseline questions\.jsonl/,
    ],
    [
      'a tolerance that is no share',
      ['questions.jsonl', '--tolerance', '5%'],
      /Cannot use --tolerance "5%": it must be a number from 0 to 1/,
    ],
    ['no conversations at a time', ['questions.jsonl', '--concurrency', '0'], /--concurrency 0: .*from 1 to 64/],
    ['a misspelt measure', ['questions.jsonl', '--min', 'recal=1'], /there is no such measure, did you mean recall\?/],
    [
      'a minimum without a value',
      ['questions.jsonl', '--min', 'recall'],
      /Cannot use --min recall "": it must be a number/,
    ],
    ['a misspelt option', ['questions.jsonl', '--base-line', 'x'], /Did you mean --baseline\?/],
  ])('rejects %s in one line with exit code 2', async (_kind, args, message) => {
    const { code, output, errors } = await runEval(folder, [...args, ...DOCS])
    expect(errors).toMatch(message)
    expect(errors.trimEnd()).not.toContain('\n')
    expect(output).toBe('')
    expect(code).toBe(2)
  })

  it('names the file that it cannot write', async () => {
    const { code, errors } = await runEval(folder, ['questions.jsonl', ...DOCS, '-o', 'none/report.json'])
    expect(errors).toMatch(/^Cannot write none\/report\.json: ENOENT/m)
    expect(code).toBe(1)
  })
})

describe('ragwire eval with a model', () => {
  let server: FaultServer
  const ask = (args: readonly string[]) =>
    runEval(folder, ['model-questions.jsonl', ...DOCS, '--model', 'm', ...args], {
      OPENAI_BASE_URL: server.baseURL,
      OPENAI_API_KEY: 'none',
    })
  /** Answers the question about the temperature, and the one about the price. */
  const use = (green: string, price: string) =>
    server.use(faults.answer(({ body }) => (JSON.stringify(body).includes(PRICE) ? price : green)))

  const GOOD = ['Green tea is steeped at 80 °C for two minutes [1].', 'The sources do not say what it costs.'] as const

  beforeAll(async () => {
    server = await createFaultServer()
    use(...GOOD)
    const { code } = await ask(['-o', 'model.json'])
    if (code !== 0) throw new Error('The baseline could not be made')
  })
  afterAll(() => server.close())

  it('finds no loss in the same answers, and counts the tokens of the server', async () => {
    use(...GOOD)
    const { code, output } = await ask(['--baseline', 'model.json'])
    expect(output).toMatch(/^tokens out +[1-9]\d* +[1-9]\d*$/m)
    expect(output).toMatch(/^refused as expected +1\.000 +1\.000/m)
    expect(code).toBe(0)
  })

  it.each([
    [
      'an answer that lost its citations',
      ['Green tea is steeped at 80 °C for two minutes.', GOOD[1]],
      /cited fell from 1\.000 to 0\.000/,
    ],
    [
      'an invented number',
      ['Green tea is steeped at 80 °C for 7 minutes [1].', GOOD[1]],
      /supported fell from 1\.000 to 0\.000/,
    ],
    [
      'an answer in place of a refusal',
      [GOOD[0], 'Green tea costs 5 euros [1].'],
      /refused fell from 1\.000 to 0\.000/,
    ],
    [
      'an answer without a citation in place of a refusal',
      [GOOD[0], 'It costs 5 euros.'],
      /refused fell from 1\.000 to 0\.000/,
    ],
    ['a refusal in place of an answer', ['I do not know.', GOOD[1]], /answered fell from 1\.000 to 0\.000/],
    ['another fact', ['Green tea is steeped for two minutes [1].', GOOD[1]], /contains fell from 1\.000 to 0\.000/],
  ] as const)('finds %s, and exits with 1', async (_kind, [green, price], loss) => {
    use(green, price)
    const { code, output } = await ask(['--baseline', 'model.json'])
    expect(output).toMatch(loss)
    expect(code).toBe(1)
  })

  it('exits with 0 if answers became better', async () => {
    use('Green tea is steeped for 7 minutes.', 'It costs 5 euros.')
    await ask(['-o', 'worse.json'])
    use(...GOOD)
    const { code, output } = await ask(['--baseline', 'worse.json'])
    expect(output).toMatch(/^Better:\n {2}How hot is green tea steeped\?\n {2}What is the price of green tea\?$/m)
    expect(code).toBe(0)
  })

  it('shows the fix for a failed run, and exits with 1', async () => {
    server.use(faults.status(401))
    const { code, output, errors } = await ask(['--limit', '1'])
    expect(errors).toMatch(
      /^How hot is green tea steeped\?: upstream-auth: .* set OPENAI_API_KEY to one that is valid there$/m,
    )
    expect(errors).toMatch(/^1 question could not be measured: see the errors$/m)
    expect(output).toMatch(/^errors +1 upstream-auth$/m)
    expect(code).toBe(1)
  })

  it('stops after five questions if all of them failed, and writes no report', async () => {
    server.use(faults.status(401))
    const lines = Array.from({ length: 20 }, (_, index) => JSON.stringify({ question: GREEN, id: `${index}` }))
    await writeFiles(folder, { 'model-questions.jsonl': lines.join('\n') })
    const before = server.hits.length
    const { code, output, errors } = await ask(['--concurrency', '1', '-o', 'unwritten.json'])
    await writeFiles(folder, { 'model-questions.jsonl': FILES['model-questions.jsonl'] })
    expect(server.hits.length - before).toBe(5)
    expect(errors).toMatch(
      /^Stopped, because every question so far failed: 15 questions were not asked, and unwritten\.json was not written$/m,
    )
    expect(output).toMatch(/^5 questions: .* \(partial: the run was stopped\)$/m)
    expect(await readdir(folder)).not.toContain('unwritten.json')
    expect(code).toBe(1)
  })
})
