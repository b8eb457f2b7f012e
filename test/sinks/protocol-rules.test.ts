import { describe, expect, it } from 'vitest'
import { START, done, token } from '../support/chat-events.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { ask } from './support/clients.ts'
import { SERVERS } from './support/servers.ts'

// This route of the test server sends the headers of an event stream or of lines, as an application would.
const TEXT_SERVERS = SERVERS.filter(({ name }) => name !== 'Fastify 5 with toNodeReadable')

describe.each(SERVERS)('$name', (kind) => {
  it.each(['sse', 'ndjson'] as const)(
    'S5, N3: ends %s after the terminal event, and sends nothing more',
    async (format) => {
      const source = drivenStream()
      await using server = await kind.start({ answer: () => source, sink: { format } })
      using client = await ask(kind, server)
      // The source stays open, and further events are available.
      for (const event of [START, done('', { seq: 1 }), token('more', { seq: 2, at: 0 })]) source.push(event)
      expect(await client.ended()).toBe('complete')
      const last = client.text.trimEnd().split('\n').at(-1) ?? ''
      expect(JSON.parse(last.replace(/^data: /u, ''))).toMatchObject({ type: 'done', seq: 1 })
    },
  )
})

describe.each(TEXT_SERVERS)('$name', (kind) => {
  it('X3: sends the headers of plain text', async () => {
    const source = drivenStream()
    for (const event of [START, token('Hello', { seq: 1, at: 0 }), done('Hello', { seq: 2 })]) source.push(event)
    await using server = await kind.start({ answer: () => source, sink: { format: 'text' } })
    using client = await ask(kind, server)
    const { status, headers } = await client.head()
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(headers.get('x-accel-buffering')).toBe('no')
    expect(await client.ended()).toBe('complete')
    expect(client.text).toBe('Hello')
  })
})
