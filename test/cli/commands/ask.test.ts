import { appendFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFaultServer, faults, type FaultServer } from '../../../src/testing.ts'
import { callRagwire, type CallOptions } from '../support/call-ragwire.ts'
import { makeFolder } from '../support/documents.ts'
import { startRagwire } from '../support/start-ragwire.ts'

const folder = makeFolder()
const cwd = folder.path
let server: FaultServer
let withModel: { readonly OPENAI_BASE_URL: string; readonly OPENAI_MODEL: string }

beforeAll(async () => {
  server = await createFaultServer()
  withModel = { OPENAI_BASE_URL: server.baseURL, OPENAI_MODEL: 'm' }
})

afterAll(async () => {
  await server.close()
  folder[Symbol.dispose]()
})

const ask = (args: readonly string[], options: CallOptions = {}) =>
  callRagwire(['ask', '--docs', 'docs', ...args], { cwd, ...options })

const GREEN = 'How hot is the water for green tea?'

describe('ragwire ask', () => {
  it('prints the answer and its sources with title, file and line, and the rest on the standard error', async () => {
    const { code, stdout, stderr } = await ask(['How long do cats sleep?'])
    expect(stdout).toBe('Cats sleep 16 hours a day. [1]\n\nSources\n[1] Cats\n    docs/cats.md:3\n')
    expect(stderr).not.toContain('sleep')
    expect(code).toBe(0)
  })

  it('exits with 0 when the documents have no answer', async () => {
    const { code, stdout } = await ask(['What is the capital of France?'])
    expect(stdout).toContain('I found nothing about this in the documents')
    expect(stdout).not.toContain('Sources')
    expect(code).toBe(0)
  })

  it('reads the question from a pipe', async () => {
    const { code, stdout } = await ask([], { input: 'How long do cats sleep?\n' })
    expect(stdout).toMatch(/^Cats sleep 16 hours a day/)
    expect(code).toBe(0)
  })

  it('prints one JSON object with the conversation, the revision and the places of the sources', async () => {
    const { code, stdout } = await ask(['How long do cats sleep?', '--json'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({
      threadId: expect.stringMatching(/^[\da-f-]{36}$/),
      revision: expect.stringMatching(/./),
      answer: 'Cats sleep 16 hours a day. [1]',
      finishReason: 'stop',
      saved: true,
      sources: [{ number: 1, title: 'Cats', path: 'docs/cats.md', line: 3, url: `file://${cwd}/docs/cats.md` }],
      citations: [{ number: 1, support: 'supported' }],
    })
    expect(code).toBe(0)
  })

  it('continues a conversation by its name, and the latest one', async () => {
    server.use(faults.answer('Yes [1].'))
    const env = withModel
    await ask([GREEN, '--thread', 'tea'], { env })
    await ask(['And for two minutes?', '--thread', 'tea'], { env })
    const { stdout } = await ask(['Sure?', '--continue', '--json'], { env })
    expect(JSON.parse(stdout)).toMatchObject({ threadId: 'tea', query: { question: 'Sure?' } })
    const bodies = server.hits.map(({ body }) => JSON.stringify(body))
    expect(bodies.at(-1)).toContain('And for two minutes?')
  })

  it('marks the sentences that their source does not support', async () => {
    server.use(faults.answer('Green tea is steeped at 99 degrees [1].'))
    const { stdout } = await ask([GREEN], { env: withModel })
    expect(stdout).toContain('\nCheck these sentences\n! [1] ')
    expect(stdout).toContain('"Green tea is steeped at 99 degrees')
  })

  it('shows an unknown citation as a warning of one line', async () => {
    server.use(faults.answer('Green tea is steeped at 80 degrees [1] [7].'))
    const { stderr } = await ask([GREEN], { env: withModel })
    expect(stderr).toContain('Warning: The answer cites a source that does not exist\n')
  })

  it('prints no control character of the model and of the documents', async () => {
    appendFileSync(
      `${cwd}/docs/evil.md`,
      '# Evil \u001b[31mtitle\u001b]0;x\u0007\n\nThe evil \u009b2J robot eats 12 batteries.\n',
    )
    server.use(faults.answer(['The robot ', '\u001b', '[2Jeats\r', ' 12 \u202ebatteries\u0007 [1].']))
    for (const json of [[], ['--json']]) {
      const { stdout, stderr } = await ask(['How many batteries does the evil robot eat?', ...json], { env: withModel })
      expect(stdout).toContain('batteries')
      // oxlint-disable-next-line no-control-regex -- what must never reach a terminal
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u)
    }
  })

  it.each([
    ['a wrong key', faults.unauthorized(), 'refused the key: set OPENAI_API_KEY'],
    ['an unknown model', faults.rejected(), 'set OPENAI_MODEL (now "m") to a model that it serves'],
    ['a page instead of an API', faults.htmlPage(), 'OPENAI_BASE_URL usually ends in /v1'],
  ])('exits with 1 and names the fix for %s', async (_name, behaviour, fix) => {
    server.use(behaviour)
    const { code, stderr } = await ask([GREEN], { env: withModel })
    const failure = stderr.split('\n').filter((line) => line.startsWith('Cannot answer: '))
    expect(failure).toEqual([expect.stringContaining(fix)])
    expect(code).toBe(1)
  })

  it('keeps the part of an answer that fails, as text and as JSON', async () => {
    server.use(faults.reset({ deltas: ['Green tea', ' is steeped'] }))
    const text = await ask([GREEN], { env: withModel })
    expect(text.stdout).toMatch(/^Green tea is/)
    expect(text.stderr).toContain('The answer is not complete')
    const json = await ask([GREEN, '--json'], { env: withModel })
    expect(JSON.parse(json.stdout)).toMatchObject({
      finishReason: 'error',
      answer: expect.stringMatching(/^Green tea/),
    })
    expect([text.code, json.code]).toEqual([1, 1])
  })
})

describe('the built program', () => {
  it('stops the answer at the first Ctrl-C: the model is closed, and the part that came is kept', async () => {
    server.use(faults.stall({ deltas: ['Green tea', ' is', ' steeped', ' at'] }))
    const before = server.hits.length
    const program = startRagwire(['ask', GREEN, '--docs', 'docs', '--memory'], { cwd, env: withModel })
    await program.untilPrinted('Green tea is')
    program.signal('SIGINT')
    const { code, stdout, stderr } = await program.ended
    expect(stdout).toMatch(/^Green tea is steeped at\n\nSources/)
    expect(stderr).toContain('Stopped: the answer is not complete')
    expect(code).toBe(130)
    expect(await (await server.hit(before)).closed).toBe('client')
  })

  it('reads a question from its standard input, and writes no colours into a pipe', async () => {
    const { code, stdout } = await startRagwire(['ask', '--docs', 'docs', '--memory'], {
      cwd,
      input: 'How long do cats sleep?',
    }).ended
    expect(stdout).toBe('Cats sleep 16 hours a day. [1]\n\nSources\n[1] Cats\n    docs/cats.md:3\n')
    expect(code).toBe(0)
  })

  it('writes colours into a pipe with FORCE_COLOR', async () => {
    const env = { FORCE_COLOR: '1' }
    const { stdout } = await ask(['How long do cats sleep?'], { env })
    expect(stdout).toContain('\u001b[36m[1]\u001b[39m')
  })
})
