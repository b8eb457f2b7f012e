import { describe, expect, it } from 'vitest'
import type { CheckSources, Source, SourceState } from '../../../src/index.ts'
import { createGate, fakeRetriever } from '../../../src/testing.ts'
import { openBench, type Bench } from '../support/bench.ts'

/** A bench with two answered questions in the thread `cats`. */
async function openAnswered(checkSources: CheckSources): Promise<Bench> {
  const retriever = fakeRetriever(['Cats sleep.', 'Cats purr.'])
  const bench = openBench({ checkSources, answering: { retriever, condenser: false, storeMs: 50 } })
  for (const question of ['How long?', 'And why?']) await bench.ask({ question, threadId: 'cats' })
  return bench
}

async function statesOf(bench: Bench): Promise<readonly unknown[]> {
  const { status, json } = await bench.send('GET', '/threads/cats')
  expect(status).toBe(200)
  return (json['turns'] as readonly { readonly sourceStates?: unknown }[]).map(({ sourceStates }) => sourceStates)
}

describe('GET /threads/{threadId} with checkSources', () => {
  it('R29: sends the state of each source in the order of the sources, and asks once with the scope', async () => {
    const calls: (readonly [readonly string[], string])[] = []
    const states: readonly SourceState[] = ['same', 'moved', 'changed', 'gone']
    const bench = await openAnswered(async (sources: readonly Source[], { scope }) => {
      calls.push([sources.map(({ text }) => text), scope])
      return states
    })
    expect(await statesOf(bench)).toEqual([
      ['same', 'moved'],
      ['changed', 'gone'],
    ])
    expect(calls).toEqual([[['Cats sleep.', 'Cats purr.', 'Cats sleep.', 'Cats purr.'], 'alice']])
  })

  it.each<readonly [string, CheckSources]>([
    ['rejects', () => Promise.reject(new Error('index is locked'))],
    ['returns too few states', async () => ['same']],
    ['returns another word', async (sources) => sources.map(() => 'fresh' as SourceState)],
    [
      'does not answer in time',
      (_, { signal }) =>
        createGate()
          .pass({ signal })
          .then(() => []),
    ],
  ])('R29: sends the turns without states if it %s, and onError is called', async (_, checkSources) => {
    const bench = await openAnswered(checkSources)
    expect(bench.errors).toEqual([])
    expect(await statesOf(bench)).toEqual([undefined, undefined])
    expect(bench.errors.map(({ code }) => code)).toEqual(['store-unavailable'])
  })
})
