import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { server } from '../../examples/open-webui/server.ts'
import { parseChunks, textOf } from '../dialects/openai-chat/support/chunks.ts'

// The requests are those of Open WebUI 0.11: `routers/openai.py` and `utils/middleware.py`.
const HEADERS = { 'content-type': 'application/json', authorization: 'Bearer local-key', 'x-openwebui-user-id': 'u1' }

const BODY = {
  stream: true,
  model: 'shop-docs',
  messages: [{ role: 'user', content: 'How long can I return an item?' }],
  stream_options: { include_usage: true },
  tools: [{ type: 'function', function: { name: 'get_current_timestamp', parameters: { type: 'object' } } }],
}

describe('the example for Open WebUI', () => {
  let url = ''

  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address === 'object' && address) url = `http://127.0.0.1:${address.port}/v1`
  })

  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  function complete(body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const init = { method: 'POST', headers: { ...HEADERS, ...headers }, body: JSON.stringify(body) }
    return fetch(`${url}/chat/completions`, init)
  }

  it('has one model', async () => {
    const response = await fetch(`${url}/models`, { headers: HEADERS })
    expect(await response.json()).toMatchObject({ object: 'list', data: [{ id: 'shop-docs' }] })
  })

  it('answers with the texts of its sources, and no annotations', async () => {
    const chunks = parseChunks(await (await complete(BODY)).text())
    expect(textOf(chunks)).toContain('thirty days')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } })
    const [first] = chunks.flatMap(({ event }) => (event?.type === 'source' ? [event.data] : []))
    expect(first).toMatchObject({
      source: { name: 'Returns', url: 'https://shop.example/returns' },
      document: ['Unused items can be returned within thirty days of delivery.'],
    })
    expect(JSON.stringify(chunks)).not.toContain('annotations')
  })

  it('refuses another key, and a task that the connection names', async () => {
    const refused = await complete(BODY, { authorization: 'Bearer other' })
    expect([refused.status, await refused.text()]).toEqual([401, 'Wrong API key'])
    const task = await complete({ ...BODY, stream: false }, { 'x-openwebui-task': 'title_generation' })
    expect([task.status, await task.json()]).toMatchObject([400, { error: { type: 'invalid_request_error' } }])
  })
})
