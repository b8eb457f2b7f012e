import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import type { HistoryStore } from '../../../core/vocabulary/history-store.ts'
import { EVERY_FIELD as RESULT } from '../every-field.ts'
import { CAT, DOG, idsOf, type HistoryStoreCheck } from './calls.ts'

/** Declares checks of arguments and signals. */
export function declareConduct(check: HistoryStoreCheck): void {
  check('keeps stored values when the caller changes its objects later', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    const sources = [...RESULT.sources]
    await finish({ runId: 'r1', result: { ...RESULT, sources } })
    sources.length = 0
    const first = await load()
    deepEqual(first[0]?.result, RESULT)
    notEqual((await load())[0], first[0], 'two calls gave the same object')
  })

  check(
    'settles every call whose signal has aborted, and continues to work',
    async ({ store, begin, load, settled }) => {
      const aborted = AbortSignal.abort(new Error('aborted before'))
      await settled(callsUnder(store, aborted))
      const controller = new AbortController()
      const calls = callsUnder(store, controller.signal)
      controller.abort(new Error('aborted while they ran'))
      await settled(calls)
      await begin({ ...DOG, runId: 'r2' })
      deepEqual(idsOf(await load(DOG)), ['r2'])
    },
  )

  check('leaves no listener on a signal', async ({ store, settled }) => {
    const { signal } = new AbortController()
    await settled(callsUnder(store, signal))
    equal(getEventListeners(signal, 'abort').length, 0)
  })
}

function callsUnder(store: HistoryStore, signal: AbortSignal): readonly Promise<unknown>[] {
  return [
    store.beginTurn({ ...CAT, runId: 'r1', messageId: 'm1', question: 'Why?' }, { signal }),
    store.finishTurn({ ...CAT, runId: 'r1', result: RESULT }, { signal }),
    store.load(CAT, { limit: 50, signal }),
    store.list(CAT.scope, { limit: 50, signal }),
    store.list(CAT.scope, { limit: 50, search: 'why', signal }),
    ...(store.rename ? [store.rename(CAT, { title: 'Why', signal })] : []),
    ...(store.setFeedback ? [store.setFeedback({ ...CAT, runId: 'r1' }, { feedback: { rating: 'up' }, signal })] : []),
    store.delete(CAT, { signal }),
  ]
}
