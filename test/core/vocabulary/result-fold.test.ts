import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createResultFold, EMPTY_RESULT, reduceEvent, type ChatEvent } from '../../../src/index.ts'
import { createRunningResult } from '../../../src/core/vocabulary/running-result.ts'
import { anyEvent } from '../../records/any-event.ts'
import { countSteps } from '../../support/count-steps.ts'

// Few indexes, so that citations and their supports meet, also when an index is repeated.
const fewIndexes = anyEvent.map((event): ChatEvent => {
  if (event.type === 'support') return { ...event, index: event.index % 3 }
  if (event.type !== 'citation') return event
  return { ...event, citation: { ...event.citation, index: event.citation.index % 3 } }
})

describe('createResultFold', () => {
  it('P4: gives the same result as reduceEvent for any events', () => {
    fc.assert(
      fc.property(fc.array(fewIndexes, { maxLength: 30 }), (events) => {
        const fold = createResultFold()
        for (const [index, event] of events.entries()) {
          fold.add(event)
          const expected = events.slice(0, index + 1).reduce(reduceEvent, EMPTY_RESULT)
          expect(fold.result()).toEqual(expected)
          expect(fold.answer).toBe(expected.answer)
        }
      }),
    )
  })

  it('returns results that later events do not modify', () => {
    const fold = createResultFold()
    const [citation, support] = eventsCiting(1)
    for (const event of [citation, support]) if (event) fold.add(event)
    const before = fold.result()
    const copy = structuredClone(before)
    for (const event of eventsCiting(2)) fold.add(event)
    expect(before).toEqual(copy)
  })

  it('holds the text of a long answer in one piece, not in the memory of all its tokens', () => {
    const answer = 10_000
    const before = heapBytes()
    const folds = Array.from({ length: 100 }, () => {
      const fold = createResultFold()
      for (let at = 0; at < answer; at += 5) fold.add({ type: 'token', delta: String(10_000 + at), at, seq: at })
      return fold
    })
    // As a tree of its tokens, the text takes about eleven bytes a character.
    expect((heapBytes() - before) / folds.length).toBeLessThan(4 * answer)
  })

  it.each([
    ['a fold', () => createResultFold()],
    ['a running result', () => createRunningResult()],
  ])('C2: takes at most about twice the steps for twice the citations in %s', (_name, create) => {
    const stepsFor = (citations: number): number => {
      const events = eventsCiting(citations)
      const into = create()
      return countSteps(() => {
        for (const event of events) into.add(event)
      })
    }
    expect(stepsFor(4_000)).toBeLessThan(2.2 * stepsFor(2_000) + 1_000)
  })
})

function heapBytes(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** The events of an answer with this many citations, each with its check; every access to a citation is counted. */
function eventsCiting(count: number): readonly ChatEvent[] {
  return Array.from({ length: count }, (_, index): readonly ChatEvent[] => [
    { type: 'citation', seq: 2 * index, citation: { index, number: 1, sourceId: 's', start: index, end: index } },
    {
      type: 'support',
      seq: 2 * index + 1,
      index,
      claim: { start: 0, end: index },
      support: 'weak',
      reasons: ['missing-words'],
    },
  ]).flat()
}
