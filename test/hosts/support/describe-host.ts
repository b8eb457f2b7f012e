import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFaultServer, faults, step, type FaultHit, type FaultServer } from '../../../src/testing.ts'
import { ask, eventsOf, hitOf, LEAVERS, questionFor } from './ask.ts'
import { figureName, guideRows, tableRow, type Column } from './guide-table.ts'
import type { Ends, Host, HostRoute, HostServer, RunningHost } from './host.ts'

// `at once` allows for a busy machine, and is far below the 8 s after which a keep-alive is written.
const LIMITS_MS = { 'at once': 2_500, 'at the next write': 10_500 }

// Long enough for a keep-alive to be written.
const NEVER_MS = 9_000

const CLAIMS: Readonly<Record<Ends, string>> = {
  'at once': 'ends the model at once',
  'at the next write': 'ends the model at the next write',
  never: 'does not end the model',
}

const MODELS = {
  talks: faults.endless({ delta: 'word ', delayMs: 20 }),
  pauses: faults.sequence(step.role(), 'Hello', step.delay(11_000), ' world', step.finish(), step.done()),
}

interface Moment {
  readonly name: string
  readonly model: string
  readonly column: Column
  /** The text that the client has received when it leaves; undefined while it waits for a JSON object. */
  readonly received?: string
}

const MOMENTS: readonly Moment[] = [
  { name: 'while the model talks', model: 'talks', column: 'talking', received: 'word' },
  { name: 'while the model is silent', model: 'stall', column: 'silent', received: 'world' },
  { name: 'before the first token', model: 'silent', column: 'silent', received: 'generating' },
  { name: 'before its JSON object', model: 'stall', column: 'json' },
]

/** Tests the requirements for every host, over real sockets and with the default options. Prints the measured times. */
export function describeHost(host: Host): void {
  // Nearly every test waits for seconds, so all tests run concurrently.
  vi.setConfig({ testTimeout: 45_000, hookTimeout: 120_000, maxConcurrency: 100 })

  describe.concurrent.for([host])('$name', ({ name, routes, start, more }) => {
    const measured = new Map(routes.map((route) => [route, new Map<string, number>()]))
    let models: FaultServer | undefined
    let server: HostServer | undefined

    beforeAll(async () => {
      models = await createFaultServer({ models: MODELS, timeLimitMs: 20_000 })
      server = await start(models.baseURL)
    })
    beforeEach(({ onTestFailed }) => onTestFailed(() => console.log(`${name} printed:\n${server?.output}`)))
    afterAll(async () => {
      await server?.[Symbol.asyncDispose]()
      await models?.close()
      // Printed in the form of the table of the guide.
      console.log(routes.map((route) => tableRow(name, route, measured.get(route))).join('\n'))
    })

    function app(): RunningHost {
      if (!models || !server) throw new Error(`${name} has not started`)
      return { models, port: server.port }
    }

    function note(route: HostRoute, figure: string, ms: number): void {
      const figures = measured.get(route)
      figures?.set(figure, Math.max(ms, figures.get(figure) ?? 0))
    }

    more?.(app)

    describe.for(routes)('$name', (route) => {
      const { id, path } = route

      it(`${id}: matches its row in docs/guides/hosts.md`, () => {
        expect(guideRows()).toContain(tableRow(name, route))
      })

      it.concurrent(`${id}: answers with status 200 and server-sent events`, async () => {
        const { port } = app()
        const response = await ask({ port, path, text: questionFor('answer') })
        const events = await eventsOf(response)
        expect([response.status, response.headers.get('content-type')]).toEqual([
          200,
          'text/event-stream; charset=utf-8',
        ])
        expect(events.at(-1)).toMatchObject({ type: 'done', answer: 'The answer is 42 [1].', finishReason: 'stop' })
      })

      it.concurrent(`${id}: keeps a stream open while the model is silent for 11 s`, async () => {
        const { port } = app()
        const events = await eventsOf(await ask({ port, path, text: questionFor('pauses') }))
        expect(events.at(-1)).toMatchObject({ type: 'done', answer: 'Hello world', finishReason: 'stop' })
      })

      for (const moment of MOMENTS) {
        for (const [how, open] of Object.entries(LEAVERS) as Entries<typeof LEAVERS>) {
          const expected = route[moment.column]
          const ends = typeof expected === 'object' ? expected[how] : expected
          if (ends === undefined) continue
          it.concurrent(`${id}: ${CLAIMS[ends]} when a client ${how} ${moment.name}`, async () => {
            const { models, port } = app()
            const text = questionFor(moment.model)
            const accept = moment.received === undefined ? { accept: 'application/json' } : {}
            using client = await open({ port, path, text, ...accept })
            if (moment.received !== undefined) await client.waitFor(moment.received)
            const hit = await hitOf(models, text)
            const leftAt = performance.now()
            client.leave()
            if (ends === 'never') return expect(await endOf(hit, NEVER_MS)).toBe('open')
            expect(await endOf(hit, LIMITS_MS[ends])).toBe('client')
            note(route, figureName(moment.column, how), (hit.closedAt ?? Infinity) - leftAt)
          })
        }
      }
    })

    // Only the routes of the handler.
    it.concurrent.for(routes.filter(({ path }) => path.endsWith('/chat')))(
      '$id: $name stops a run on request',
      async ({ path }) => {
        const { models, port } = app()
        const [text, runId] = [questionFor('talks'), crypto.randomUUID()]
        const response = await ask({ port, path, text, runId })
        const hit = await hitOf(models, text)
        const stopping = await ask({ port, path: path.replace(/chat$/u, `runs/${runId}/stop`), text })
        expect(await stopping.json()).toMatchObject({ runId, outcome: 'stopping' })
        expect((await eventsOf(response)).at(-1)).toMatchObject({ finishReason: 'abort' })
        expect(await hit.closed).toBe('client')
      },
    )
  })
}

type Entries<T> = [keyof T, T[keyof T]][]

/** Returns how the request to the model ended, if it did within that time. */
function endOf(hit: FaultHit, ms: number) {
  return Promise.race([hit.closed, sleep(ms, 'open' as const, { ref: false })])
}
