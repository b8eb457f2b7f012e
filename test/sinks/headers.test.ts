import { describe, expect, it } from 'vitest'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { ask } from './support/clients.ts'
import { createRuns } from './support/runs.ts'
import { SERVERS } from './support/servers.ts'

describe.each(SERVERS)('$name', (kind) => {
  it.each([
    ['sse', 'text/event-stream; charset=utf-8', ': ragwire\n\n'],
    ['ndjson', 'application/x-ndjson; charset=utf-8', '\n'],
  ] as const)(
    'T9, S1, S7, N4: sends the headers and the opening of %s while the source is silent',
    async (format, type, opening) => {
      const source = drivenStream()
      await using server = await kind.start({ answer: () => source, sink: { format } })
      using client = await ask(kind, server)
      const { status, headers } = await client.head()
      expect(status).toBe(200)
      expect(headers.get('content-type')).toBe(type)
      expect(headers.get('cache-control')).toBe('no-cache, no-transform')
      expect(headers.get('x-accel-buffering')).toBe('no')
      expect(await client.waitFor(opening)).toBe(opening)
    },
  )

  it('T23, S7: keeps the headers of the application, and adds its own only where none are set', async () => {
    const runs = createRuns({ model: scriptedChatModel(['Hello', { type: 'finish' }]) })
    const headers = { 'cache-control': 'private, no-transform', 'x-app': 'yes' }
    await using server = await kind.start({ answer: runs.answer, headers, plugin: 'cors' })
    using client = await ask(kind, server, { headers: { origin: 'https://app.example' } })
    const head = await client.head()
    // A header that was sent twice would be joined to one value.
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-transform',
      'x-accel-buffering': 'no',
      'x-app': 'yes',
      ...(kind.hasPlugins && { 'access-control-allow-origin': 'https://app.example' }),
    })
    expect(await client.ended()).toBe('complete')
  })

  it('T25: starts no run for a HEAD request', async () => {
    const model = scriptedChatModel(['Hello', { type: 'finish' }])
    const runs = createRuns({ model })
    await using server = await kind.start({ answer: runs.answer })
    using client = await ask(kind, server, { method: 'HEAD' })
    expect(await client.ended()).toBe('complete')
    expect({ started: runs.started, calls: model.calls.length }).toEqual({ started: 0, calls: 0 })
  })
})

describe.each(SERVERS.filter(({ hasPlugins }) => hasPlugins))('$name with its compression', (kind) => {
  // @fastify/compress treats all plain text alike, regardless of its headers: a route has to turn it off.
  const formats = kind.name.startsWith('Fastify 5 with')
    ? (['sse', 'ndjson'] as const)
    : (['sse', 'ndjson', 'text'] as const)

  it.each(formats)('T22: sends the first token of %s before the second one exists', async (format) => {
    const gate = createGate()
    const runs = createRuns({ model: scriptedChatModel(['first', { gate }, 'second', { type: 'finish' }]) })
    await using server = await kind.start({ answer: runs.answer, sink: { format }, plugin: 'compress' })
    using client = await ask(kind, server, { headers: { 'accept-encoding': 'gzip, deflate, br' } })
    const { headers } = await client.head()
    expect(headers.get('content-encoding')).toBeNull()
    expect(await client.waitFor('first')).not.toContain('second')
    gate.open()
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain('second')
  })
})
