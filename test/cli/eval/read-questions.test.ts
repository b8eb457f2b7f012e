import { existsSync } from 'node:fs'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseQuestions, readQuestions } from '../../../src/cli/eval/read-questions.ts'
import { MAX_FILE_BYTES } from '../../../src/cli/eval/read-text.ts'

describe('parseQuestions', () => {
  it('reads a question with all its fields', () => {
    const line = {
      question: ' How hot? ',
      id: 'hot',
      thread: 'tea',
      sources: ['tea.md', ['a.pdf#page=3', 'b.pdf']],
      contains: '80 °C',
      refuses: false,
    }
    expect(parseQuestions(JSON.stringify(line), 'q.jsonl')).toEqual([
      {
        id: 'hot',
        question: 'How hot?',
        thread: 'tea',
        expected: { sources: [['tea.md'], ['a.pdf#page=3', 'b.pdf']], contains: [['80 °C']], refuses: false },
        refusalPhrases: [],
      },
    ])
  })

  it('takes the question as its id, and expects nothing that is not written', () => {
    expect(parseQuestions('{"question":"How hot?"}', 'q.jsonl')).toEqual([
      {
        id: 'How hot?',
        question: 'How hot?',
        thread: null,
        expected: { sources: [], contains: [], refuses: null },
        refusalPhrases: [],
      },
    ])
  })

  it('expects a refusal by phrases', () => {
    const [question] = parseQuestions('{"question":"Who?","refuses":["ask a person"]}', 'q.jsonl')
    expect(question).toMatchObject({ expected: { refuses: true }, refusalPhrases: ['ask a person'] })
  })

  it.each([
    ['lines that end with CRLF, and blank lines', '{"question":"a"}\r\n\r\n  \r\n{"question":"b"}\r\n'],
    ['lines without an end', '{"question":"a"}\n{"question":"b"}'],
    ['a JSON array on several lines', ' \n[\n{"question":"a"},\n{"question":"b"}\n]'],
  ])('reads %s', (_form, content) => {
    expect(parseQuestions(content, 'q.jsonl').map(({ question }) => question)).toEqual(['a', 'b'])
  })

  it.each([
    ['no JSON', '{"question":', /line 2: it is not JSON \(/],
    ['a text', '"How hot?"', /line 2: it must be an object, such as/],
    ['a list', '["How hot?"]', /line 2: it must be an object/],
    ['null', 'null', /line 2: it must be an object/],
    ['no question', '{"id":"x"}', /line 2: it has no question$/],
    ['an empty question', '{"question":"  "}', /line 2: question must be a text, and not empty$/],
    [
      'a misspelt field',
      '{"question":"b","source":["a.md"]}',
      /line 2: it has no field "source": did you mean "sources"\?/,
    ],
    [
      'an unknown field',
      '{"question":"b","zzz":1}',
      /line 2: it has no field "zzz", only question, id, thread, sources/,
    ],
    ['sources of another type', '{"question":"b","sources":[1]}', /line 2: sources must be a list of document ids/],
    ['an empty list of alternatives', '{"question":"b","contains":[[]]}', /line 2: contains must be a list of texts/],
    ['a refusal of another type', '{"question":"b","refuses":1}', /line 2: refuses must be true, false, or phrases/],
    [
      'a refusal with sources',
      '{"question":"b","refuses":true,"sources":["a"]}',
      /line 2: it expects a refusal, so remove/,
    ],
    [
      'the question of another line',
      '{"question":"a"}',
      /line 2: its id "a" is that of line 1: give each its own "id"/,
    ],
  ])('names the line and the reason for %s', (_kind, line, message) => {
    expect(() => parseQuestions(`{"question":"a"}\n${line}`, 'q.jsonl')).toThrow(message)
    expect(() => parseQuestions(`{"question":"a"}\n${line}`, 'q.jsonl')).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    )
  })

  it('counts the other broken lines', () => {
    expect(() => parseQuestions('{}\n{}\n{}', 'q.jsonl')).toThrow(/line 1: it has no question \(and 2 more like it\)$/)
  })

  it('names the position in an array, and an array that is cut', () => {
    expect(() => parseQuestions('[{"question":"a"},{}]', 'q.json')).toThrow(/question 2: it has no question/)
    expect(() => parseQuestions('[{"question":"a"}', 'q.json')).toThrow(/Cannot use q\.json: it is not JSON/)
  })
})

describe('examples/demo/questions.jsonl', () => {
  it('is a file of questions whose sources are documents of this project', async () => {
    const questions = await readQuestions('examples/demo/questions.jsonl', '.')
    expect(questions).toHaveLength(20)
    const entries = questions.flatMap(({ expected }) => expected.sources)
    expect(entries.filter((names) => !names.some((name) => existsSync(name)))).toEqual([])
  })
})

describe('readQuestions', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ragwire-questions-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('ignores a byte order mark', async () => {
    await writeFile(join(folder, 'bom.jsonl'), '\uFEFF{"question":"a"}')
    expect(await readQuestions('bom.jsonl', folder)).toMatchObject([{ question: 'a' }])
  })

  it('names a file that is missing, empty, blank, not UTF-8, a folder, or too large', async () => {
    await writeFile(join(folder, 'empty.jsonl'), '')
    await writeFile(join(folder, 'blank.jsonl'), '\n \n')
    await writeFile(join(folder, 'latin.jsonl'), Buffer.from('{"question":"caf\u00E9"}', 'latin1'))
    await writeFile(join(folder, 'huge.jsonl'), '')
    await truncate(join(folder, 'huge.jsonl'), MAX_FILE_BYTES + 1)
    await expect(readQuestions('none.jsonl', folder)).rejects.toThrow('Cannot read none.jsonl: there is no such file')
    await expect(readQuestions('empty.jsonl', folder)).rejects.toThrow('Cannot use empty.jsonl: it has no questions')
    await expect(readQuestions('blank.jsonl', folder)).rejects.toThrow('Cannot use blank.jsonl: it has no questions')
    await expect(readQuestions('latin.jsonl', folder)).rejects.toThrow('Cannot read latin.jsonl: it is not UTF-8')
    await expect(readQuestions('.', folder)).rejects.toThrow('it is a folder: name a file')
    await expect(readQuestions('huge.jsonl', folder)).rejects.toThrow(`it has more than ${MAX_FILE_BYTES} bytes`)
  })
})
