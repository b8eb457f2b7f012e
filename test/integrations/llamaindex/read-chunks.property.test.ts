import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { streamOf } from '../../../src/core/async/iterators.ts'
import { readChunks } from '../../../src/integrations/llamaindex/read-chunks.ts'

/** Each chunk means one event for each of its letters, and some mean none. */
const CHUNKS = fc.array(fc.string({ maxLength: 3 }), { maxLength: 8 })
const END = ['the', 'end']

function open(chunks: readonly string[], signal: AbortSignal) {
  const source = {
    open: async () => streamOf(chunks),
    read: (chunk: string) => [...chunk],
    isComplete: () => false,
    end: () => END,
  }
  return readChunks(source, signal)
}

describe('readChunks', () => {
  it('yields the events of all chunks in order, then those of the end, for any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(CHUNKS, async (chunks) => {
        const { signal } = new AbortController()
        const events: string[] = []
        for await (const event of open(chunks, signal)) events.push(event)
        expect(events).toEqual([...chunks.flatMap((chunk) => [...chunk]), ...END])
        expect(getEventListeners(signal, 'abort')).toEqual([])
      }),
    )
  })

  it('yields no event after an abort or after its reader has left, at any point', async () => {
    await fc.assert(
      fc.asyncProperty(CHUNKS, fc.nat(12), fc.boolean(), async (chunks, reads, aborts) => {
        const controller = new AbortController()
        const iterator = open(chunks, controller.signal)
        const events: string[] = []
        for (let read = 0; read < reads; read++) {
          const { done, value } = await iterator.next()
          if (!done) events.push(value)
        }
        const all = [...chunks.flatMap((chunk) => [...chunk]), ...END]
        expect(events).toEqual(all.slice(0, reads))
        if (aborts) controller.abort(new Error('stop'))
        else await iterator.return?.()
        const next = await iterator.next().catch((reason: Error) => reason.message)
        // A stream whose end was read has nothing to abort.
        const isOver = !aborts || reads > all.length
        expect(next).toEqual(isOver ? { value: undefined, done: true } : 'stop')
        expect(await iterator.next()).toMatchObject({ done: true })
        expect(getEventListeners(controller.signal, 'abort')).toEqual([])
      }),
    )
  })
})
