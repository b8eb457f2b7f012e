import { text as readText } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { readSse } from '../../src/sse.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { collectUntilThrow, toBytes } from '../support/bytes.ts'
import { START, token } from '../support/chat-events.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { parseEventStream } from '../support/parse-event-stream.ts'
import { ask, openConnection } from './support/clients.ts'
import { createRuns } from './support/runs.ts'
import { SERVERS } from './support/servers.ts'

const SECRET = new Error('connect ECONNREFUSED postgres://admin:sk-canary@10.0.0.7/db')

describe.each(SERVERS)('$name', (kind) => {
  it('T17: reports no abort for a normal end: three answers on one connection', async () => {
    const model = scriptedChatModel(['Hello', { type: 'finish', finishReason: 'stop' }])
    const runs = createRuns({ model })
    await using server = await kind.start({ answer: runs.answer })
    await using connection = openConnection(kind, server)
    for (let count = 0; count < 3; count += 1) {
      const { status, body } = await connection.send()
      expect(status).toBe(200)
      // Reading to the end fails if the last chunk of the body is missing.
      const events = parseEventStream(toBytes(await readText(body)))
      expect(events.at(-1)?.type).toBe('done')
    }
    expect(runs.results.map(({ finishReason }) => finishReason)).toEqual(['stop', 'stop', 'stop'])
    expect(model.calls.map(({ end }) => end)).not.toContain('aborted')
    expect(server.connections).toBe(1)
    if (kind.sendsToNode) expect(server.outcomes).toEqual(['ended', 'ended', 'ended'])
  })

  it.each([
    ['before its first event', []],
    ['after two events', [START, token('Hello', { seq: 1, at: 0 })]],
  ])(
    'T19: reports a source that throws %s as an error event with a fixed sentence, and ends normally',
    async (_name, events) => {
      const source = drivenStream()
      for (const event of events) source.push(event)
      source.fail(SECRET)
      await using server = await kind.start({ answer: () => source })
      using client = await ask(kind, server)
      expect((await client.head()).status).toBe(200)
      expect(await client.ended()).toBe('complete')
      const page = parseEventStream(toBytes(client.text))
      expect(page.map(({ type }) => type)).toEqual([...events.map(({ type }) => type), 'chat-error'])
      expect(JSON.parse(page.at(-1)?.data ?? '')).toMatchObject({
        seq: events.length,
        code: 'internal',
        message: 'Something went wrong on the server',
        partial: { answer: events.length > 0 ? 'Hello' : '' },
      })
      expect(client.text).not.toMatch(/sk-canary|postgres|10\.0\.0\.7/)
    },
  )

  it('T20: lets the reader detect that the connection broke after two tokens', async () => {
    const gate = createGate()
    const runs = createRuns({ model: scriptedChatModel(['Hello', ' world', { gate }, { type: 'finish' }]) })
    await using server = await kind.start({ answer: runs.answer })
    await using connection = openConnection(kind, server)
    const { body } = await connection.send()
    void gate.reached().then(server.breakConnections)
    const { items, thrown } = await collectUntilThrow(readSse(body))
    expect(items.map(({ type }) => type)).not.toContain('done')
    expect(thrown).toMatchObject({
      name: 'ChatError',
      code: expect.stringMatching(/^upstream-(disconnected|incomplete)$/),
    })
  })

  it('X2: breaks the connection when plain text fails, so that no client takes it as complete', async () => {
    // Hono prints the error that breaks a body.
    using _quiet = vi.spyOn(console, 'error').mockReturnValue()
    const source = drivenStream()
    source.push(token('Hello', { seq: 0, at: 0 }))
    await using server = await kind.start({ answer: () => source, sink: { format: 'text' } })
    using client = await ask(kind, server)
    await client.waitFor('Hello')
    source.fail(SECRET)
    expect(await client.ended()).toMatch(/^(cut|reset)$/)
    expect(client.text).toBe('Hello')
    if (kind.sendsToNode) expect(server.outcomes).toEqual(['disconnected'])
  })
})
