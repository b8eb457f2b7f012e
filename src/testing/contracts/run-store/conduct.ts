import { deepEqual, equal, ok } from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import type { ChatEvent } from '../../../core/vocabulary/events.ts'
import type { RunLease, RunStore } from '../../../runs/run-store.ts'
import { eventsOf, RUN, terminal, type RunStoreCheck } from './calls.ts'

/** Declares checks of arguments and signals. */
export function declareConduct(check: RunStoreCheck): void {
  check('keeps stored events when the caller changes its list later', async ({ store, signal, lease, read }) => {
    const own = await lease()
    const events: ChatEvent[] = [...eventsOf(0, 3)]
    await store.append(own, events, { signal })
    events.length = 0
    deepEqual((await read())?.events, eventsOf(0, 3))
  })

  check(
    'rejects every call with the reason of a signal that has already aborted',
    async ({ store, lease, settled }) => {
      const reason = new Error('aborted before')
      const calls = callsUnder(store, { lease: await lease(), signal: AbortSignal.abort(reason) })
      for (const outcome of await settled(calls)) {
        ok(outcome.status === 'rejected' && outcome.reason === reason, 'a call did not fail with the reason')
      }
    },
  )

  check(
    'settles every call when its signal aborts, and continues to work',
    async ({ store, lease, settled, status }) => {
      const controller = new AbortController()
      const calls = callsUnder(store, { lease: await lease(), signal: controller.signal })
      controller.abort(new Error('aborted while it ran'))
      await settled(calls)
      await lease({ runId: 'r9' })
      equal((await status({ runId: 'r9' }))?.state, 'running')
    },
  )

  check('leaves no listener on a signal', async ({ store, lease, settled }) => {
    const { signal } = new AbortController()
    await settled(callsUnder(store, { lease: await lease(), signal }))
    equal(getEventListeners(signal, 'abort').length, 0)
  })
}

function callsUnder(
  store: RunStore,
  { lease, signal }: { readonly lease: RunLease; readonly signal: AbortSignal },
): readonly Promise<unknown>[] {
  return [
    store.begin({ ...RUN, runId: 'r2', leaseMs: 60_000, maxActive: 1_000 }, { signal }),
    store.append(lease, eventsOf(0, 1), { signal }),
    store.end(lease, [...eventsOf(0, 1), terminal(2)], { signal }),
    store.read(RUN, { afterSeq: -1, limit: 10, signal }),
    store.status(RUN, { signal }),
    store.list(RUN.scope, { signal }),
    store.requestStop(RUN, { signal }),
    store.delete(RUN, { signal }),
  ]
}
