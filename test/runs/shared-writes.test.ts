import { describe, expect, it } from 'vitest'
import { memoryRunStore } from '../../src/runs/memory/memory-run-store.ts'
import { createPackedEvents } from '../../src/runs/packed-events.ts'
import type { RunStore } from '../../src/runs/run-store.ts'
import { createRunEntry } from '../../src/runs/run-entry.ts'
import { appendPart, endWithPart } from '../../src/runs/shared-writes.ts'
import type { DoneEvent } from '../../src/core/vocabulary/events.ts'
import type { ChatEvent } from '../../src/index.ts'
import { eventsSaying, resultOf, START } from '../support/chat-events.ts'

const RUN = { scope: 'ann', runId: 'r1' }
const { signal } = new AbortController()
const [, ...SAID] = eventsSaying(['Free', ' returns', ' for', ' 30', ' days'])
const EVENTS = [START, ...SAID.slice(0, -1)]
const LAST: DoneEvent = { type: 'done', seq: EVENTS.length, ...resultOf('Free returns for 30 days') }

/** Writes a run as its producer does, in two parts; returns the pages after each write, and at the end. */
async function writeTo(store: RunStore) {
  const begun = await store.begin({ ...RUN, leaseMs: 1_000, maxActive: 1 }, { signal })
  if (begun.outcome !== 'begun') throw new TypeError(begun.outcome)
  const { lease } = begun
  const list = createPackedEvents()
  const read = () => store.read(RUN, { afterSeq: -1, limit: 100, signal })
  for (const event of EVENTS.slice(0, 4)) list.add(event)
  await appendPart(store, lease, { events: list, from: 0, to: 3 }, { signal })
  const pages = [await read()]
  for (const event of EVENTS.slice(4)) list.add(event)
  pages.push(await read())
  await endWithPart(store, lease, { part: { events: list, from: 3, to: LAST.seq }, last: LAST }, { signal })
  pages.push(await read())
  list.add(LAST)
  await endWithPart(store, lease, { part: { events: list, from: 3, to: LAST.seq }, last: LAST }, { signal })
  return [...pages, await read()]
}

/** A memory store with replaced methods, which record the events that they get. */
function recordingStore(...names: readonly ('append' | 'end')[]) {
  const inner = memoryRunStore()
  const writes: (readonly ChatEvent[])[] = []
  const append: RunStore['append'] = (lease, events, options) => {
    writes.push(events)
    return inner.append(lease, events, options)
  }
  const end: RunStore['end'] = (lease, events, options) => {
    writes.push(events)
    return inner.end(lease, events, options)
  }
  const store = { ...inner, ...(names.includes('append') && { append }), ...(names.includes('end') && { end }) }
  return { store, writes }
}

describe('writes of a producer', () => {
  it('store exactly the events of each part, also while the list of the producer grows', async () => {
    const pages = await writeTo(memoryRunStore())
    const whole = { state: 'ended', events: [...EVENTS, LAST], firstSeq: 0, lastSeq: LAST.seq }
    const part = { state: 'running', events: EVENTS.slice(0, 3), firstSeq: 0, lastSeq: 2 }
    expect(pages).toEqual([part, part, whole, whole])
  })

  it.each([
    [['append', 'end'] as const, [EVENTS.slice(0, 3), [...EVENTS.slice(3), LAST], [...EVENTS.slice(3), LAST]]],
    [['append'] as const, [EVENTS.slice(0, 3)]],
    [
      ['end'] as const,
      [
        [...EVENTS.slice(3), LAST],
        [...EVENTS.slice(3), LAST],
      ],
    ],
  ])('are calls of a store that replaces %j of the memory store', async (names, expected) => {
    const { store, writes } = recordingStore(...names)
    expect(await writeTo(store)).toEqual(await writeTo(memoryRunStore()))
    expect(writes).toEqual(expected)
  })

  it('drop the oldest events of a list above maxEvents, and leave the list as it is', async () => {
    const store = memoryRunStore({ maxEvents: 2 })
    const pages = await writeTo(store)
    expect(pages[1]).toMatchObject({ events: EVENTS.slice(1, 3), firstSeq: 1, lastSeq: 2 })
    expect(pages[3]).toMatchObject({ events: [EVENTS.at(-1), LAST], firstSeq: LAST.seq - 1, lastSeq: LAST.seq })
  })

  it('register a run again that the store has lost, with all events, and end it', async () => {
    const store = memoryRunStore()
    const begun = await store.begin({ ...RUN, leaseMs: 1_000, maxActive: 1 }, { signal })
    if (begun.outcome !== 'begun') throw new TypeError(begun.outcome)
    const list = createPackedEvents()
    const entry = createRunEntry({ store, lease: begun.lease, events: list })
    const read = () => store.read(RUN, { afterSeq: -1, limit: 100, signal })
    for (const event of EVENTS.slice(0, 3)) list.add(event)
    await entry.append({ signal })
    await store.delete(RUN, { signal })
    for (const event of EVENTS.slice(3)) list.add(event)
    await entry.append({ signal })
    expect(await read()).toMatchObject({ state: 'running', events: EVENTS })
    await store.delete(RUN, { signal })
    await entry.end(LAST, { signal })
    expect(await read()).toMatchObject({ state: 'ended', events: [...EVENTS, LAST] })
    expect(entry.acknowledged()).toBe(LAST.seq)
  })
})
