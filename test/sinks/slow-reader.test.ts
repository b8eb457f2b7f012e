import { describe, expect, it } from 'vitest'
import { createFaultProxy, createGate, manualClock, scriptedChatModel, type ScriptStep } from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { standsStill } from '../testing/stands-still.ts'
import { ask } from './support/clients.ts'
import { createRuns } from './support/runs.ts'
import { SERVERS } from './support/servers.ts'

const MIB = 2 ** 20

describe.each(SERVERS)('$name', (kind) => {
  it('T21, F27: waits for a reader that stops reading, and stops when the reader leaves', async () => {
    const { runs, model, said } = createTalkativeRuns()
    await using server = await kind.start({ answer: runs.answer })
    const before = heldBytes()
    using client = await ask(kind, server)
    await client.waitFor('event: token')
    client.pause()
    await standsStill(said)
    // Most of it is in the buffers of the kernel.
    expect(said()).toBeLessThan(16 * MIB)
    expect(heldBytes() - before).toBeLessThan(30 * MIB)
    const saidUntilThen = said()
    client.resume()
    await eventually(() => expect(said()).toBeGreaterThan(saidUntilThen))
    client.pause()
    await standsStill(said)
    client.destroy()
    expect(await model.calls[0]?.ended).toBe('aborted')
    await eventually(() => expect(runs.results).toMatchObject([{ finishReason: 'abort' }]))
  })

  it('F28: finishes a short answer by itself even if no client receives it', async () => {
    const gate = createGate()
    const runs = createRuns({ model: scriptedChatModel(['Hello', { gate }, ' world', { type: 'finish' }]) })
    await using server = await kind.start({ answer: runs.answer })
    await using proxy = await createFaultProxy({ upstreamPort: server.port })
    using client = await ask(kind, proxy)
    await client.waitFor('"delta":"Hello"')
    proxy.blackhole()
    gate.open()
    await eventually(() => expect(runs.results).toMatchObject([{ finishReason: 'stop', answer: 'Hello world' }]))
    expect(client.text).not.toContain('" world"')
    if (kind.sendsToNode) await eventually(() => expect(server.outcomes).toEqual(['ended']))
  })
})

describe.each(SERVERS.filter(({ sendsToNode }) => sendsToNode))('$name by sendToNode', (kind) => {
  it('F27: cuts the connection of a reader that reads nothing for stallMs, and never earlier', async () => {
    const clock = manualClock()
    const { runs, model, said } = createTalkativeRuns({ clock })
    await using server = await kind.start({ answer: runs.answer, sink: { clock, stallMs: 30_000 } })
    using client = await ask(kind, server)
    await client.waitFor('event: token')
    for (let times = 0; times < 2; times += 1) {
      client.pause()
      await standsStill(said)
      await clock.advance(29_999)
      expect(server.outcomes).toEqual([])
      const saidUntilThen = said()
      client.resume()
      await eventually(() => expect(said()).toBeGreaterThan(saidUntilThen))
    }
    client.pause()
    await standsStill(said)
    await clock.advance(30_000)
    await eventually(() => expect(server.outcomes).toEqual(['too-slow']))
    expect(await model.calls[0]?.ended).toBe('aborted')
    expect(runs.results).toMatchObject([{ finishReason: 'abort' }])
    expect(clock.pending).toBe(0)
    client.resume()
    expect(await client.ended()).toMatch(/^(cut|reset)$/)
  })

  it('F28: cuts the connection of a peer that vanished without closing', async () => {
    const clock = manualClock()
    const { runs, model, said } = createTalkativeRuns({ clock })
    await using server = await kind.start({ answer: runs.answer, sink: { clock } })
    await using proxy = await createFaultProxy({ upstreamPort: server.port })
    using client = await ask(kind, proxy)
    await client.waitFor('event: token')
    proxy.blackhole()
    await standsStill(said)
    expect(server.outcomes).toEqual([])
    await clock.advance(30_000)
    await eventually(() => expect(server.outcomes).toEqual(['too-slow']))
    expect(await model.calls[0]?.ended).toBe('aborted')
    expect(runs.results).toMatchObject([{ finishReason: 'abort' }])
  })
})

describe.each(SERVERS.filter(({ sendsToNode }) => !sendsToNode))('$name by a body that is pulled', (kind) => {
  it('F27: stops the run of a reader that reads nothing for stallMs', async () => {
    const clock = manualClock()
    const { runs, model, said } = createTalkativeRuns({ clock })
    await using server = await kind.start({ answer: runs.answer, sink: { clock, stallMs: 30_000 } })
    using client = await ask(kind, server)
    await client.waitFor('event: token')
    client.pause()
    await standsStill(said)
    await clock.advance(30_000)
    expect(await model.calls[0]?.ended).toBe('aborted')
    expect(runs.results).toMatchObject([{ finishReason: 'abort' }])
    client.resume()
    expect(await client.ended()).toMatch(/^(cut|reset)$/)
  })

  it('F27: stops the model after runMs, even if the reader still reads nothing', async () => {
    const clock = manualClock()
    const { runs, model, said } = createTalkativeRuns({ clock, runMs: 60_000 })
    await using server = await kind.start({ answer: runs.answer, sink: { clock, stallMs: Infinity } })
    using client = await ask(kind, server)
    await client.waitFor('event: token')
    client.pause()
    await standsStill(said)
    await clock.advance(60_000)
    expect(await model.calls[0]?.ended).toBe('aborted')
    client.resume()
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain('"code":"limit-exceeded"')
  })
})

/** Runs on a model that sends text as fast as it is read. */
function createTalkativeRuns(
  options: { readonly clock?: ReturnType<typeof manualClock>; readonly runMs?: number } = {},
) {
  const text = 'a'.repeat(1_024)
  let pieces = 0
  const model = scriptedChatModel(function* (): Generator<ScriptStep> {
    for (;;) {
      pieces += 1
      yield text
    }
  })
  const runs = createRuns({ model, maxAnswerChars: Infinity, ...options })
  return { runs, model, said: () => pieces * text.length }
}

/** The memory in use by this process after a garbage collection. */
function heldBytes(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
