import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { readSse } from '../../src/sse.ts'
import { collect } from '../support/bytes.ts'

describe.each([
  ['node-http', '/chat'],
  ['express', '/api/chat'],
  ['fastify', '/api/chat'],
  ['hono', '/api/chat'],
  ['hand-written', '/chat'],
])('examples/%s', (name, path) => {
  let example: Awaited<ReturnType<typeof startExample>>
  beforeAll(async () => {
    example = await startExample(name)
  })
  afterAll(() => example.stop())

  it('answers with sources', async () => {
    const events = await ask('How long can I return an item?')
    expect(events.find((event) => event.type === 'source')?.source.title).toBe('Returns')
    expect(events.at(-1)).toMatchObject({
      type: 'done',
      finishReason: 'stop',
      answer: expect.stringContaining('thirty days'),
    })
  })

  it.each([
    ['{}', 'question'],
    ['{"question":"  "}', 'question'],
    ['{"question":"Why?","threadId":7}', 'threadId'],
    ['{"question":"Why?","colour":"red"}', 'colour'],
    ['["Why?"]', 'body'],
  ])('F48: answers the body %s with a 400 that names %s', async (body, field) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid-input', message: expect.stringContaining(field) })
  })

  it.each([
    ['that is not JSON', '{"question":'],
    ['over 1 MiB', JSON.stringify({ question: 'a'.repeat(2 ** 21) })],
  ])('F44, F48: rejects a body %s, reveals no internals, and survives', async (_name, body) => {
    // A server may close the connection of a client that is still sending a rejected body.
    const response = await post(body).catch(() => new Response('', { status: 413 }))
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    expect(await response.text()).not.toMatch(/node_modules|server\.ts/)
    expect((await post('{}')).status).toBe(400)
  })

  async function ask(question: string): Promise<readonly ChatEvent[]> {
    const { body } = await post(JSON.stringify({ question }))
    return body ? collect(readSse(body)) : []
  }

  function post(body: string): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return fetch(`http://127.0.0.1:${example.port}${path}`, { method: 'POST', headers, body })
  }
})

/** Runs an example with the command in its first line, on a free port; its output says where it listens. */
async function startExample(name: string) {
  const child = spawn(process.execPath, [`examples/${name}/server.ts`], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /(?:port: |:)(\d+)/.exec(line)?.[1]
    if (port === undefined) continue
    const stop = async () => {
      child.kill()
      await exited
    }
    return { port, stop }
  }
  throw new Error(`examples/${name} did not start`)
}
