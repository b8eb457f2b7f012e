import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ChatResult } from '../../src/index.ts'
import { createFaultServer, faults, step, type FaultServer } from '../../src/testing.ts'
import { parseEventStream } from '../support/parse-event-stream.ts'

const run = promisify(execFile)

describe('examples/llamaindex', () => {
  it('answers from its index without a key', async () => {
    const { stdout, stderr } = await run(process.execPath, ['examples/llamaindex/index.ts'])
    expect(stderr).toBe('')
    expect(stdout).toBe(
      '[1] Warranty\n[2] Shipping\nElectric kettles have a warranty of two years. [1] Scale in the kettle is not covered. [1]\nstop\n',
    )
  })
})

describe('examples/llamaindex/server.ts', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  it('streams messages with a type and data, and then the complete answer with its sources, without a key', async () => {
    const { ask } = await start()
    const { messages, result } = await read(await ask({ question: 'How long is the warranty of a kettle?' }))
    expect(messages[0]).toMatchObject({ type: 'source', data: { number: 1, title: 'Warranty' } })
    const text = messages.flatMap(({ type, data }) => (type === 'token' ? [data] : [])).join('')
    expect(text).toBe('Electric kettles have a warranty of two years. [1] Scale in the kettle is not covered. [1]')
    expect(result).toMatchObject({ answer: text, finishReason: 'stop' })
    expect(result.sources.map(({ title }) => title)).toEqual(['Warranty', 'Shipping'])
    expect(result.citations).toMatchObject([{ number: 1 }, { number: 1 }])
  })

  it('makes a stand-alone question of a follow-up in the same thread', async () => {
    const { ask, upstream } = await startOver(await createFaultServer())
    const condensed = 'Does the warranty of a kettle cover scale?'
    upstream.enqueue([faults.answer('Two years [1].'), faults.answer(condensed), faults.answer('It does not [1].')])
    await read(await ask({ question: 'How long is the warranty of a kettle?', threadId: 't' }))
    const { result } = await read(await ask({ question: 'Does it cover scale?', threadId: 't' }))
    expect(result.query).toEqual({ question: 'Does it cover scale?', query: condensed, condensed: true })
    expect(result.answer).toBe('It does not [1].')
  })

  it('answers with the models of LlamaIndex over a server', async () => {
    const { ask, upstream } = await startOver(
      await createFaultServer({ behaviour: faults.answer(['Two years', ' [1].']) }),
    )
    const { result } = await read(await ask({ question: 'How long is the warranty of a kettle?' }))
    expect(result).toMatchObject({ answer: 'Two years [1].', finishReason: 'stop' })
    expect(upstream.hits.map(({ path }) => path)).toEqual(expect.arrayContaining(['/v1/embeddings']))
  })

  it.each([
    ['before the first token', faults.silent()],
    ['in the middle of the answer', faults.sequence('Two', step.silence())],
    ['while the model sends without a pause', faults.endless()],
  ])('stops the model when the tab is closed %s', async (_when, behaviour) => {
    const { ask, countTasks, upstream } = await startOver(await createFaultServer({ behaviour }))
    const tab = new AbortController()
    const response = await ask({ question: 'How long is the warranty of a kettle?' }, tab.signal)
    expect(response.status).toBe(200)
    const hit = await chatHit(upstream)
    expect(await countTasks()).toBe(1)
    tab.abort()
    expect(await hit.closed).toBe('client')
    await vi.waitFor(async () => expect(await countTasks()).toBe(0), { timeout: 5_000 })
  })

  it('reports a failure of the model as a message, and ends with the partial answer', async () => {
    const { ask } = await startOver(await createFaultServer({ behaviour: faults.cut({ deltas: ['Two'] }) }))
    const { messages, result } = await read(await ask({ question: 'How long is the warranty of a kettle?' }))
    expect(messages.find(({ type }) => type === 'error')).toMatchObject({ data: { code: 'upstream-disconnected' } })
    expect(result).toMatchObject({ answer: 'Two', finishReason: 'error' })
  })

  it('answers an invalid body with a status that says so, and survives', async () => {
    const { post } = await start()
    const bodies = ['{}', '{"question":', '{"question":7}', JSON.stringify({ question: 'a'.repeat(2 ** 21) })]
    const responses = []
    // A server may close the connection of a client that is still sending a rejected body.
    for (const body of bodies) responses.push(await post(body).catch(() => new Response('', { status: 413 })))
    expect(responses.map(({ status }) => status)).toEqual([400, 400, 400, 413])
    expect(await responses[0]?.json()).toMatchObject({ code: 'invalid-input', field: 'question' })
  })

  async function startOver(upstream: FaultServer) {
    closing.push(upstream.close)
    return { ...(await start({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.baseURL })), upstream }
  }

  async function start(env: Record<string, string> = {}) {
    const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _address, ...rest } = process.env
    const child = spawn(process.execPath, ['examples/llamaindex/server.ts'], {
      env: { ...rest, ...env, PORT: '0' },
      // An error that a test provokes is printed.
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const exited = once(child, 'exit')
    closing.unshift(async () => {
      child.kill()
      await exited
    })
    for await (const line of createInterface({ input: child.stdout })) {
      const port = /port: (\d+)/.exec(line)?.[1]
      if (port !== undefined) return clientOf(`http://127.0.0.1:${port}`)
    }
    return expect.fail('The example did not start')
  }
})

function clientOf(address: string) {
  function post(body: string, signal?: AbortSignal): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return fetch(`${address}/chat`, { method: 'POST', headers, body, ...(signal && { signal }) })
  }
  return {
    post,
    ask: (body: object, signal?: AbortSignal) => post(JSON.stringify(body), signal),
    async countTasks(): Promise<unknown> {
      const { running } = (await (await fetch(`${address}/tasks`)).json()) as { readonly running: unknown }
      return running
    },
  }
}

interface Message {
  readonly type: string
  readonly data: unknown
}

async function read(response: Response) {
  const events = parseEventStream(new Uint8Array(await response.arrayBuffer()))
  const messages = events.map(({ data }) => JSON.parse(data) as Message)
  const last = messages.at(-1)
  expect(last?.type).toBe('result')
  return { messages, result: last?.data as ChatResult }
}

/** Waits for the request of the answer. */
async function chatHit(upstream: FaultServer) {
  for (let index = 0; ; index++) {
    const hit = await upstream.hit(index)
    if (hit.path.endsWith('/chat/completions')) return hit
  }
}
