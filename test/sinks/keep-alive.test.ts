import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { manualClock } from '../../src/testing.ts'
import { done, START, token } from '../support/chat-events.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { eventually } from '../support/eventually.ts'
import { toBytes } from '../support/bytes.ts'
import { parseEventStream } from '../support/parse-event-stream.ts'
import { standsStill } from '../testing/stands-still.ts'
import { ask } from './support/clients.ts'
import { SERVERS } from './support/servers.ts'

const KEEP_ALIVE_MS = 8_000

describe.each(SERVERS)('$name', (kind) => {
  it('T10, S4, A18: sends comments during a silence that no page receives as events, and none after the end', async () => {
    const clock = manualClock()
    const source = drivenStream()
    await using server = await kind.start({ answer: () => source, sink: { clock, stallMs: Infinity } })
    using client = await ask(kind, server)
    source.push(START)
    await client.waitFor('event: start')
    for (let count = 1; count <= 10; count += 1) {
      // The sink requests the next frame some turns of the event loop after it has written the last one.
      await eventually(() => expect(clock.pending).toBe(1))
      await clock.advance(KEEP_ALIVE_MS)
      await client.waitFor((text) => keepAlivesIn(text) === count)
    }
    source.push(done('', { seq: 1 }))
    expect(await client.ended()).toBe('complete')
    expect(keepAlivesIn(client.text)).toBe(10)
    expect(parseEventStream(toBytes(client.text)).map(({ type }) => type)).toEqual(['start', 'done'])
    expect(clock.pending).toBe(0)
  })

  it('T11, S4: sends none to a client that reads nothing, and leaves no timer when that client leaves', async () => {
    const clock = manualClock()
    const source = endless()
    await using server = await kind.start({ answer: () => source.events(), sink: { clock, stallMs: Infinity } })
    using client = await ask(kind, server)
    await client.waitFor('event: token')
    client.pause()
    await standsStill(() => source.produced)
    const { produced } = source
    await clock.advance(1_000 * KEEP_ALIVE_MS)
    expect({ produced: source.produced, timers: clock.pending }).toEqual({ produced, timers: 0 })
    client.destroy()
    await eventually(() => expect(source.returned).toBe(true))
    expect(clock.pending).toBe(0)
  })
})

function keepAlivesIn(text: string): number {
  return text.split('\n\n').filter((frame) => frame === ':').length
}

/** Tokens as fast as they are read. */
function endless() {
  let produced = 0
  let returned = false
  return {
    get produced() {
      return produced
    },
    get returned() {
      return returned
    },
    async *events(): AsyncGenerator<ChatEvent> {
      yield START
      try {
        for (;;) yield token('a'.repeat(1_024), { seq: (produced += 1), at: 0 })
      } finally {
        returned = true
      }
    },
  }
}
