import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFaultServer, faults, type FaultServer } from '../../../src/testing.ts'
import { writeFiles } from './support/run-eval.ts'

const PROGRAM = resolve('dist/cli/ragwire.js')
const ANSWER = 'Green tea is steeped at 80 °C [1].'
const ARGS = ['questions.jsonl', '--docs', 'docs', '--memory', '--concurrency', '1']

let folder = ''
let server: FaultServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ragwire-eval-'))
  await writeFiles(folder, {
    'docs/tea.md': '# Tea\n\nGreen tea is steeped at 80 °C.\n',
    'questions.jsonl':
      '{"question":"How hot is green tea steeped?","contains":["80 °C"]}\n{"question":"Is green tea steeped hot?"}\n',
  })
  server = await createFaultServer()
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

describe('the process of ragwire eval', () => {
  it('exits with 1 when a worse model loses what the baseline has', async () => {
    server.use(faults.answer(ANSWER))
    expect(await start([...ARGS, '-o', 'baseline.json']).ended).toMatchObject({ code: 0 })
    server.use(faults.answer('Green tea is steeped at 70 °C [1].'))
    const { code, stdout } = await start([...ARGS, '--baseline', 'baseline.json']).ended
    expect(stdout).toMatch(/^ {2}passed fell from 1\.000 to 0\.000$/m)
    expect(code).toBe(1)
  })

  it('stops the model on Ctrl-C, reports what was done, and exits with 130', async () => {
    const first = server.hits.length
    server.use(faults.inTurn(faults.answer(ANSWER), faults.stall({ deltas: ['Green'] })))
    const { ended, interrupt } = start([...ARGS, '--json', '-o', 'partial.json'])
    const second = await server.hit(first + 1)
    interrupt()
    expect(await second.closed).toBe('client')
    const { code, stdout, stderr } = await ended
    expect(JSON.parse(stdout)).toMatchObject({ complete: false, questions: [{ outcome: 'answered', passed: true }] })
    expect(stderr).toMatch(/^Stopped: 1 question was not asked, and partial\.json was not written$/m)
    expect(await readdir(folder)).not.toContain('partial.json')
    expect(code).toBe(130)
  })
})

function start(args: readonly string[]) {
  const env = { PATH: process.env['PATH'], OPENAI_BASE_URL: server.baseURL, OPENAI_API_KEY: 'none' }
  const child = spawn(process.execPath, [PROGRAM, 'eval', ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), ...output }))
  return { ended, interrupt: () => child.kill('SIGINT') }
}
