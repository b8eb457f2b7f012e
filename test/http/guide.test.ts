import { createAdaptorServer } from '@hono/node-server'
import { describe, expect, it } from 'vitest'
import type { ChatHandler } from '../../src/server.ts'
import { importBlock } from '../support/import-block.ts'
import { run } from '../sinks/support/servers.ts'

const HEADERS = { 'content-type': 'application/json', accept: 'application/json' }

describe('docs/guides/handler.md', () => {
  it('shows a filter that works', async () => {
    const { handler } = (await importBlock('docs/guides/handler.md', 'LocalFilter')) as {
      readonly handler: ChatHandler
    }
    const all = await ask(handler)
    expect(all).toMatchObject({ status: 200, body: { sources: [{ documentId: 'shirts' }, { documentId: 'shoes' }] } })
    const shoes = await ask(handler, { product: 'shoes' })
    expect(shoes).toMatchObject({ status: 200, body: { sources: [{ documentId: 'shoes' }] } })
    const shirts = await ask(handler, { product: 'shirts' })
    expect(shirts).toMatchObject({ status: 200, body: { sources: [{ documentId: 'shirts' }] } })
    expect(await ask(handler, { product: 'hats' })).toMatchObject({ status: 400, body: { field: 'filter.product' } })
  })
})

describe('docs/guides/http.md', () => {
  it.each(['/api/chat', '/chat', '/de/help/chat'])(
    'D4: has a first block that works unchanged as the route file of %s',
    async (path) => {
      const block = await importBlock('docs/guides/http.md', 'export const POST')
      const { POST } = block as { readonly POST: (request: Request) => Promise<Response> }
      // A server that passes the whole URL, as Next.js does.
      await using server = await run(createAdaptorServer({ fetch: POST }), { outcomes: [] })
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        method: 'POST',
        headers: HEADERS,
        body: JSON.stringify({ question: 'How long can I return an item?' }),
      })
      expect([response.status, await response.json()]).toMatchObject([200, { finishReason: 'stop' }])
    },
  )
})

async function ask(handler: ChatHandler, filter?: object) {
  const response = await handler(
    new Request('http://localhost/chat', {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify({ question: 'Can I return unused shoes and exchange washed shirts?', filter }),
    }),
  )
  return { status: response.status, body: await response.json() }
}
