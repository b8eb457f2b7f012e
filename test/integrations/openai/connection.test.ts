import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ChatModelEvent } from '../../../src/index.ts'
import { serve } from '../../testing/serve.ts'
import { MODELS_OF_EACH_FETCH, type Api } from './apis.ts'
import type { CreateClient } from './clients.ts'

/** The whole stream of an answer. */
function wireOf(api: Api): string {
  return [...api.streamOf(['Because']).map((object) => JSON.stringify(object)), '[DONE]']
    .map((data) => `data: ${data}\n\n`)
    .join('')
}

/** Reads one answer as the core does, which calls return() at the end. */
async function readAnswer(api: Api, client: ReturnType<CreateClient>): Promise<readonly ChatModelEvent[]> {
  const { signal } = new AbortController()
  const request = { messages: [], purpose: 'answer', question: 'Why?', sources: [] } as const
  const events: ChatModelEvent[] = []
  for await (const event of api.create({ client, model: 'gpt-test' }).stream(request, { signal })) {
    events.push(event)
    if (event.type === 'finish') break
  }
  return events
}

describe.each(MODELS_OF_EACH_FETCH)('the connection of %s', (_name, createClient, api) => {
  it('is reused for consecutive answers, because their bodies are read to the end', async () => {
    const sockets = new Set<unknown>()
    await using server = await serve(async (request, response) => {
      sockets.add(request.socket)
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(wireOf(api))
      // The end arrives separately, after the client has read the completion.
      await nextTurn()
      response.end()
      await once(response, 'close')
    })
    const client = createClient({ baseURL: `http://127.0.0.1:${server.port}/v1` })
    for (let answers = 0; answers < 5; answers++) {
      expect(await readAnswer(api, client)).toMatchObject([{ delta: 'Because' }, { finishReason: 'stop' }])
      await nextTurn()
    }
    expect(sockets.size).toBeLessThan(5)
  })

  it('is closed when the server continues after the end of the completion', async () => {
    const { promise: opened, resolve } = Promise.withResolvers<ServerResponse>()
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(wireOf(api))
      resolve(response)
    })
    await readAnswer(api, createClient({ baseURL: `http://127.0.0.1:${server.port}/v1` }))
    const response = await opened
    await once(response, 'close')
    expect(response.writableFinished).toBe(false)
  })
})
