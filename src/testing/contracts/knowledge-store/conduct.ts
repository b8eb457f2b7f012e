import { deepEqual, equal } from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import type { KnowledgeStore } from '../../../knowledge/store/knowledge-store.ts'
import { adding, build, vectorOf } from './build.ts'
import { placesOf, refuses, type KnowledgeStoreCalls, type KnowledgeStoreCheck } from './calls.ts'

/** Declares checks of signals. */
export function declareConduct(check: KnowledgeStoreCheck): void {
  check('does nothing when its signal has already aborted', async (calls) => {
    const { put, state, settled } = calls
    await put(build('a', 'one'))
    const before = await state()
    const signal = AbortSignal.abort(new Error('aborted before'))
    const outcomes = await settled(callsUnder(calls, signal))
    deepEqual(
      outcomes.map(({ status }) => status),
      outcomes.map(() => 'rejected'),
    )
    equal(await refuses(calls.store.state({ signal }), 'a call whose signal has aborted'), signal.reason)
    deepEqual(await state(), before)
  })

  check('applies a commit as a whole or not at all when its signal aborts', async (calls) => {
    const { hasVectors, store, settled, state, findTerms, put } = calls
    for (let round = 0; round < 5; round++) {
      const documents = Array.from({ length: 10 }, (_, index) =>
        build(`d${index}`, `common ${round}`, { hash: `${round}` }),
      )
      const controller = new AbortController()
      const before = await state()
      const commit = store.commit(adding(documents, hasVectors), { signal: controller.signal })
      // Each round leaves the commit more time.
      for (let turn = 0; turn < round; turn++) await new Promise(setImmediate)
      controller.abort(new Error('aborted by the contract'))
      const [outcome] = await settled([commit])
      const after = await state()
      const hashes = new Set((await findTerms('common', { topK: 100 })).map(({ document }) => document.hash))
      equal(hashes.size <= 1, true, 'a part of the commit was applied')
      const isApplied = hashes.has(`${round}`)
      if (outcome?.status === 'fulfilled') equal(isApplied, true, 'the commit resolved and was not applied')
      if (!isApplied) deepEqual(after, before)
    }
    await put(build('d0', 'last'))
    deepEqual(placesOf(await findTerms('last')), ['d0#0'])
  })

  check('settles every call whose signal aborts, and serves the next one', async (calls) => {
    const { put, settled, findTerms } = calls
    await put(build('a', 'one'))
    const controller = new AbortController()
    const pending = callsUnder(calls, controller.signal)
    controller.abort(new Error('aborted by the contract'))
    await settled(pending)
    await put(build('a', 'next'))
    deepEqual(placesOf(await findTerms('next')), ['a#0'])
  })

  check('leaves no listener on a signal', async (calls) => {
    const { signal } = new AbortController()
    for (let round = 0; round < 3; round++) await calls.settled(callsUnder(calls, signal))
    equal(getEventListeners(signal, 'abort').length, 0)
  })

  check('serves simultaneous searches independently', async ({ put, findTerms, findVectors }) => {
    await put(...Array.from({ length: 30 }, (_, index) => build(`d${index}`, `common word${index % 3} own${index}`)))
    const ask = () => [
      findTerms('word1'),
      findVectors('word1'),
      findTerms('own7', { topK: 1 }),
      findVectors('own7', { topK: 3 }),
    ]
    const alone = []
    for (const [index] of ask().entries()) alone.push(await ask()[index])
    deepEqual(await Promise.all(ask()), alone)
  })
}

function callsUnder({ store, hasVectors }: KnowledgeStoreCalls, signal: AbortSignal): readonly Promise<unknown>[] {
  const call = { signal }
  const search = { scopes: ['ann'], topK: 3 }
  const calls: readonly ((store: KnowledgeStore) => Promise<unknown>)[] = [
    ({ state }) => state(call),
    ({ manifest }) => manifest({ scope: 'ann', limit: 3 }, call),
    ({ commit }) => commit(adding([build('new', 'one')], hasVectors), call),
    ({ document }) => document({ scope: 'ann', documentId: 'a' }, call),
    ({ searchTerms }) => searchTerms({ ...search, terms: new Map([['one', 1]]) }, call),
    ({ searchVectors }) => searchVectors({ ...search, vector: vectorOf('one') }, call),
    ({ inspect }) => inspect(call),
  ]
  return calls.map((start) => start(store))
}
