import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isTerminalEvent, type ChatEvent } from '../../src/core/vocabulary/events.ts'
import { answerOf } from '../support/chat-events.ts'
import { hasPostgres, startPostgres } from '../support/postgres-server.ts'
import { hasRedis, startRedisServer } from '../support/redis-server.ts'
import { startInstance, type Instance } from '../support/start-instance.ts'

const LEASE_MS = 2_000
const POLL_MS = 250

const question = 'How long do cats sleep?'
const says = (text: string) => (event: ChatEvent) => event.type === 'token' && event.delta === text

async function openRedis() {
  const server = await startRedisServer()
  return { url: server.url, close: server.close }
}

async function openPostgres() {
  const server = await startPostgres()
  return { url: server.url(), close: server.close }
}

describe.each([
  { store: 'redis', open: openRedis, isHere: hasRedis },
  { store: 'postgres', open: openPostgres, isHere: hasPostgres },
] as const)('three servers over $store', ({ store, open, isHere }) => {
  let database: Awaited<ReturnType<typeof open>>
  let instances: readonly Instance[] = []

  beforeAll(async () => {
    if (!isHere) return
    database = await open()
    const options = { store, url: database.url, leaseMs: LEASE_MS, pollMs: POLL_MS }
    instances = await Promise.all([options, options, options].map(startInstance))
  }, 90_000)

  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.kill()))
    await database?.close()
  }, 60_000)

  function servers() {
    const [a, b, c] = instances
    if (!a || !b || !c) return expect.fail('The servers have not started')
    return { a, b, c }
  }

  it.skipIf(!isHere)(
    'F29, F31, F42, F50: answer on one, resume on another, and stop on a third',
    async () => {
      const { a, b, c } = servers()
      const ids = { runId: crypto.randomUUID(), threadId: 'thread' }
      const asking = a.ask({ question, ...ids })
      a.say('Cats ')
      const answer = await asking
      const first = await answer.until(says('Cats '))
      const resumed = await c.read(ids.runId, first.seq - 1)
      await resumed.until(says('Cats '))

      const busy = await b.post('/chat', { question, threadId: ids.threadId })
      expect([busy.status, await busy.json()]).toMatchObject([409, { code: 'thread-busy', runId: ids.runId }])
      const attached = await b.ask({ question, ...ids })
      a.say('sleep ')
      for (const reader of [answer, resumed, attached]) await reader.until(says('sleep '))

      const stop = await b.post(`/runs/${ids.runId}/stop`)
      expect(await stop.json()).toMatchObject({ outcome: 'stopping' })
      for (const reader of [answer, resumed, attached]) {
        expect(await reader.until(isTerminalEvent)).toMatchObject({ finishReason: 'abort', answer: 'Cats sleep ' })
      }
      expect(attached.events).toEqual(answer.events)
      expect(resumed.events).toEqual(answer.events.slice(first.seq))
      const late = await c.post(`/runs/${ids.runId}/stop`)
      expect(await late.json()).toMatchObject({ outcome: 'already-ended' })
    },
    60_000,
  )

  it.skipIf(!isHere)(
    'F41, R19: report to the readers on the others that one was killed, within its lease and a second',
    async () => {
      const { a, b, c } = servers()
      const ids = { runId: crypto.randomUUID(), threadId: 'thread' }
      const asking = a.ask({ question, ...ids })
      a.say('Cats ')
      const answer = await asking
      await answer.until(says('Cats '))
      const reader = await c.read(ids.runId, -1)
      await reader.until(says('Cats '))

      const killedAt = performance.now()
      await a.kill()
      const end = await reader.until(isTerminalEvent)
      expect(performance.now() - killedAt).toBeLessThan(LEASE_MS + 1_000)
      expect(end).toMatchObject({ type: 'error', code: 'producer-lost', partial: { answer: 'Cats ' } })
      const { events } = reader
      expect(events.slice(0, -1)).toEqual(answer.events)
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index))

      const again = await b.read(ids.runId, 1)
      await again.until(isTerminalEvent)
      expect(again.events).toEqual(events.slice(2))

      const next = b.ask({ question, threadId: ids.threadId })
      b.say('They sleep.')
      b.finish()
      const reply = await next
      await reply.until(isTerminalEvent)
      expect([answerOf(reply.events), reply.events.at(-1)?.type]).toEqual(['They sleep.', 'done'])
    },
    60_000,
  )
})
