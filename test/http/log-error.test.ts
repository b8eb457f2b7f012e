import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { createFaultServer, faults } from '../../src/testing.ts'
import { withinTimeLimit } from '../../src/testing/within-time-limit.ts'
import type { LogServerOptions } from './support/log-server.ts'

const CANARY = 'canary0815'

/** Starts a server process; `stop` ends it and resolves with all that it printed. */
async function startServer(options: LogServerOptions) {
  const child = fork(join(import.meta.dirname, 'support/log-server.ts'), [JSON.stringify(options)], { silent: true })
  const printed = Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream ? readText(stream) : Promise.resolve(''))),
  )
  const failed = once(child, 'exit').then(async () => Promise.reject(new Error((await printed).join('\n'))))
  failed.catch(() => {})
  const started = Promise.race([once(child, 'message'), failed])
  const [port] = await withinTimeLimit(started, 10_000, () => 'The server has not started')
  const base = `http://127.0.0.1:${port}`
  return {
    base,
    ask: (question: string, { path = '/chat', accept = 'text/event-stream', ...body }: Ask = {}) =>
      fetch(base + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ question, ...body }),
      }),
    async stop() {
      child.disconnect()
      const [stdout = '', stderr = ''] = await printed
      return { stdout, stderr, lines: stderr.split('\n').filter((line) => line !== '') }
    },
  }
}

interface Ask {
  readonly path?: string
  readonly accept?: string
  readonly runId?: string
  readonly threadId?: string
}

const SERVERS = ['node:http', 'express', 'fastify', 'hono'] as const

describe.each(SERVERS)('a handler without onError under %s', (server) => {
  it.each([
    ['an event stream', { accept: 'text/event-stream' }],
    ['one JSON object', { accept: 'application/json' }],
    ['a run that is read elsewhere', { path: '/runs' }],
  ])('D1: prints one line without the key when the model rejects it, for %s', async (_name, ask) => {
    await using upstream = await createFaultServer()
    upstream.use(faults.unauthorized({ secret: 'sk-proj-canary0815canary0815' }))
    const app = await startServer({ server, baseURL: upstream.baseURL })
    const runId = crypto.randomUUID()
    const response = await app.ask('Why?', { ...ask, runId })
    await response.text()
    // A run that is read separately may continue after its response.
    await (await fetch(`${app.base}/runs/${runId}/events`)).text()
    const { lines, stdout } = await app.stop()
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^ragwire: upstream-auth: .*status 401.*caused by .*401.*\\(run ${runId}\\)$`)),
    ])
    expect(stdout + lines.join('')).not.toContain(CANARY)
  })
})

describe('a handler without onError', () => {
  it.each([
    ['retriever', 'retrieval-failed', 200],
    ['history', 'store-unavailable', 503],
    ['run store', 'store-unavailable', 503],
    ['scope', 'internal', 500],
  ] as const)('D1: prints one line without a secret when the %s is down', async (broken, code, status) => {
    await using upstream = await createFaultServer()
    const app = await startServer({ server: 'node:http', baseURL: upstream.baseURL, broken })
    const response = await app.ask('Why?')
    expect(response.status).toBe(status)
    await response.text()
    const { lines, stderr } = await app.stop()
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^ragwire: ${code}: .*caused by .*ECONNREFUSED`))])
    expect(stderr).not.toContain(CANARY)
    expect(stderr).toContain('db.example')
  })

  it('D1: prints one line for a follow-up that could not be condensed, although the run continues', async () => {
    await using upstream = await createFaultServer()
    const app = await startServer({ server: 'node:http', baseURL: upstream.baseURL })
    const threadId = 'thread-1'
    expect(await (await app.ask('Why do cats sleep?', { threadId })).text()).toContain('event: done')
    upstream.enqueue(faults.unavailable())
    expect(await (await app.ask('And dogs?', { threadId })).text()).toContain('event: done')
    const { lines } = await app.stop()
    expect(lines).toEqual([expect.stringMatching(/^ragwire: upstream-unavailable: .*\(run [\da-f-]{36}\)$/)])
  })

  it('D1: prints nothing for errors of a client', async () => {
    await using upstream = await createFaultServer()
    const app = await startServer({ server: 'node:http', baseURL: upstream.baseURL })
    expect((await app.ask('')).status).toBe(400)
    expect((await fetch(`${app.base}/threads/unknown`)).status).toBe(404)
    expect((await fetch(`${app.base}/nowhere`)).status).toBe(404)
    expect(await app.stop()).toMatchObject({ stdout: '', stderr: '' })
  })
})

describe('a handler with onError', () => {
  it.each([
    ['false', ''],
    ['own', 'own: upstream-auth\n'],
  ] as const)('D1: prints nothing itself with onError %s', async (onError, stdout) => {
    await using upstream = await createFaultServer()
    upstream.use(faults.unauthorized())
    const app = await startServer({ server: 'node:http', baseURL: upstream.baseURL, onError })
    await (await app.ask('Why?')).text()
    expect(await app.stop()).toMatchObject({ stdout, stderr: '' })
  })
})
