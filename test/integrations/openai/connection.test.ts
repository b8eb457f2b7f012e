import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ChatModelEvent } from '../../../src/index.ts'
import { openaiChatModel } from '../../../src/openai.ts'
import { serve } from '../../testing/serve.ts'
import { CLIENTS, type CreateClient } from './clients.ts'

const COMPLETION = [
  'data: {"choices":[{"index":0,"delta":{"content":"Because"},"finish_reason":null}]}\n\n',
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
  'data: [DONE]\n\n',
].join('')

/** Reads one answer as the core does, which calls return() at the end. */
async function readAnswer(client: ReturnType<CreateClient>): Promise<readonly ChatModelEvent[]> {
  const { signal } = new AbortController()
  const request = { messages: [], purpose: 'answer', question: 'Why?', sources: [] } as const
  const events: ChatModelEvent[] = []
  for await (const event of openaiChatModel({ client, model: 'gpt-test' }).stream(request, { signal })) {
    events.push(event)
    if (event.type === 'finish') break
  }
  return events
}

describe.each(CLIENTS)('the connection of openaiChatModel over %s', (_name, createClient) => {
  it('is reused for consecutive answers, because their bodies are read to the end', async () => {
    const sockets = new Set<unknown>()
    await using server = await serve(async (request, response) => {
      sockets.add(request.socket)
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(COMPLETION)
      // The end arrives separately, after the client has read the completion.
      await nextTurn()
      response.end()
      await once(response, 'close')
    })
    const client = createClient({ baseURL: `http://127.0.0.1:${server.port}/v1` })
    for (let answers = 0; answers < 5; answers++) {
      expect(await readAnswer(client)).toMatchObject([{ delta: 'Because' }, { finishReason: 'stop' }])
      await nextTurn()
    }
    expect(sockets.size).toBeLessThan(5)
  })

  it('is closed when the server continues after the end of the completion', async () => {
    const { promise: opened, resolve } = Promise.withResolvers<ServerResponse>()
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(COMPLETION)
      resolve(response)
    })
    await readAnswer(createClient({ baseURL: `http://127.0.0.1:${server.port}/v1` }))
    const response = await opened
    await once(response, 'close')
    expect(response.writableFinished).toBe(false)
  })
})
