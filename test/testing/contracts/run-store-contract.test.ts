import { describe, expect, it } from 'vitest'
import { ChatError } from '../../../src/index.ts'
import { memoryRunStore } from '../../../src/runs/memory/memory-run-store.ts'
import type { RunKey, RunStore } from '../../../src/runs/run-store.ts'
import { manualClock, runStoreContract } from '../../../src/testing.ts'
import { collectChecks } from './collect-checks.ts'

type BreakStore = (store: RunStore) => Partial<RunStore>

/** The checks that a store fails: a correct one in which some methods are replaced. */
async function failuresOf(breakStore: BreakStore): Promise<readonly string[]> {
  const { runner, failures } = collectChecks()
  const subjectOf = (limits: { readonly maxEvents?: number; readonly retainMs?: number }) => {
    const clock = manualClock()
    const store = memoryRunStore({ ...limits, clock })
    return { store: { ...store, ...breakStore(store) }, advance: clock.advance }
  }
  runStoreContract({
    ...runner,
    name: 'a store',
    create: () => subjectOf({}),
    createSmall: () => subjectOf({ maxEvents: 100, retainMs: 100 }),
  })
  return failures()
}

/** A store that knows runs by other names, as with wrong keys. */
function renamed(store: RunStore, rename: (key: RunKey) => RunKey): Partial<RunStore> {
  return {
    begin: async (run, options) => {
      const begun = await store.begin({ ...run, ...rename(run) }, options)
      if (begun.outcome !== 'begun') return begun
      return { ...begun, lease: { ...begun.lease, scope: run.scope, runId: run.runId } }
    },
    append: (lease, events, options) => store.append({ ...lease, ...rename(lease) }, events, options),
    end: (lease, events, options) => store.end({ ...lease, ...rename(lease) }, events, options),
    read: (key, options) => store.read(rename(key), options),
    status: (key, options) => store.status(rename(key), options),
    requestStop: (key, options) => store.requestStop(rename(key), options),
    delete: (key, options) => store.delete(rename(key), options),
  }
}

/** An asynchronous step between reading and writing. */
const pause = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

const BROKEN: readonly (readonly [string, BreakStore, RegExp])[] = [
  ['ignores the scope', (store) => renamed(store, ({ runId }) => ({ scope: 'all', runId })), /^shows a scope nothing/],
  [
    'joins its keys with a colon',
    (store) => renamed(store, ({ scope, runId }) => ({ scope: '', runId: `${scope}:${runId}` })),
    /^accepts any text as an id/,
  ],
  [
    'normalises Unicode in its keys',
    (store) => renamed(store, ({ scope, runId }) => ({ scope, runId: runId.normalize() })),
    /^accepts any text as an id/,
  ],
  [
    'checks for a busy thread before it begins a run, not atomically',
    (store) => ({
      async begin(run, options) {
        const busy = (await store.list(run.scope, options)).find(({ threadId }) => threadId === run.threadId)
        if (run.threadId !== undefined && busy) return { outcome: 'thread-busy', runId: busy.runId }
        await pause()
        const { threadId: _threadId, ...rest } = run
        return store.begin(rest, options)
      },
    }),
    /^begins one of 100 simultaneous runs of/,
  ],
  [
    'counts runs before it begins one, not atomically',
    (store) => ({
      async begin(run, options) {
        const active = (await store.list(run.scope, options)).length
        await pause()
        return active >= run.maxActive
          ? { outcome: 'too-many-runs' }
          : store.begin({ ...run, maxActive: Infinity }, options)
      },
    }),
    /^begins at most maxActive of/,
  ],
  [
    'returns no run id for a busy thread',
    (store) => ({
      async begin(run, options) {
        const outcome = await store.begin(run, options)
        return outcome.outcome === 'thread-busy' ? { ...outcome, runId: '' } : outcome
      },
    }),
    /^allows one active run per/,
  ],
  [
    'begins an ended run again',
    (store) => ({
      async begin(run, options) {
        if ((await store.status(run, options))?.state === 'ended') await store.delete(run, options)
        return store.begin(run, options)
      },
    }),
    /^begins a run once/,
  ],
  [
    'begins a lost run again',
    (store) => ({
      async begin(run, options) {
        if ((await store.status(run, options))?.state === 'lost') await store.delete(run, options)
        return store.begin(run, options)
      },
    }),
    /^treats a run as lost/,
  ],
  [
    'never treats a run as lost',
    (store) => ({ begin: (run, options) => store.begin({ ...run, leaseMs: 1e9 }, options) }),
    /^treats a run as lost/,
  ],
  [
    'restores no lease',
    (store) => ({
      async append(lease, events, options) {
        const { state } = (await store.status(lease, options)) ?? {}
        if (state === 'lost') throw new ChatError('lost', { code: 'store-conflict' })
        return store.append(lease, events, options)
      },
    }),
    /^restores an expired lease of/,
  ],
  [
    'ends no run whose lease has expired',
    (store) => ({
      async end(lease, events, options) {
        const { state } = (await store.status(lease, options)) ?? {}
        if (state === 'lost') throw new ChatError('lost', { code: 'store-conflict' })
        return store.end(lease, events, options)
      },
    }),
    /^restores an expired lease without/,
  ],
  [
    'restores a lease although another run has begun in the thread',
    (store) => ({
      async begin(run, options) {
        const active = await store.list(run.scope, options)
        const busy = active.find(({ threadId }) => threadId !== undefined && threadId === run.threadId)
        if (busy && busy.runId !== run.runId) return { outcome: 'thread-busy', runId: busy.runId }
        const { threadId: _threadId, ...free } = run
        return store.begin(free, options)
      },
    }),
    /^restores no lease once another/,
  ],
  [
    'restores a lease only if no other run has begun',
    (store) => {
      const begun = new Map<string, string>()
      return {
        begin(run, options) {
          begun.set(run.scope, run.runId)
          return store.begin(run, options)
        },
        async append(lease, events, options) {
          const { state } = (await store.status(lease, options)) ?? {}
          if (state !== 'lost' || begun.get(lease.scope) === lease.runId) return store.append(lease, events, options)
          throw new ChatError('lost', { code: 'store-conflict' })
        },
      }
    },
    /^restores a lease although other/,
  ],
  [
    'loses the stop request of a lost run',
    (store) => ({
      async requestStop(run, options) {
        const { state } = (await store.status(run, options)) ?? {}
        return state === 'lost' ? 'already-ended' : store.requestStop(run, options)
      },
    }),
    /^reports to a holder that/,
  ],
  [
    'creates a new token for a run that is registered again',
    (store) => ({ begin: ({ token: _token, ...run }, options) => store.begin(run, options) }),
    /^registers a run again with/,
  ],
  [
    'renews no lease without events',
    (store) => ({
      append: async (...[lease, events, options]) =>
        events.length > 0 ? store.append(lease, events, options) : { stopRequested: false },
    }),
    /^keeps a run alive/,
  ],
  [
    'renews no lease with events',
    (store) => ({
      append: (lease, events, options) =>
        store.append({ ...lease, leaseMs: events.length > 0 ? 1 : lease.leaseMs }, events, options),
    }),
    /^keeps a run alive/,
  ],
  [
    'ignores the token',
    (store) => {
      const tokens = new Map<string, string>()
      return {
        async begin(run, options) {
          const begun = await store.begin(run, options)
          if (begun.outcome === 'begun') tokens.set(run.runId, begun.lease.token)
          return begun
        },
        append: (lease, events, options) =>
          store.append({ ...lease, token: tokens.get(lease.runId) ?? '' }, events, options),
      }
    },
    /^rejects the lease of another/,
  ],
  [
    'accepts events with a gap before them',
    (store) => ({
      append: (lease, events, options) => store.append(lease, events, options).catch(() => ({ stopRequested: false })),
    }),
    /^rejects events when others are/,
  ],
  [
    'rejects with an error of another kind',
    (store) => ({
      append: (...call) => store.append(...call).catch(() => Promise.reject(new Error('conflict'))),
    }),
    /^restores no lease once another/,
  ],
  [
    'rejects a repeated call',
    (store) => ({
      async append(lease, events, options) {
        const { lastSeq } = (await store.status(lease, options)) ?? { lastSeq: -1 }
        const [first] = events
        if (first && first.seq <= lastSeq) throw new ChatError('again', { code: 'store-conflict' })
        return store.append(lease, events, options)
      },
    }),
    /^skips events that are already/,
  ],
  [
    'ends a run twice',
    (store) => ({
      async end(lease, events, options) {
        const { state } = (await store.status(lease, options)) ?? {}
        if (state === 'ended') throw new ChatError('again', { code: 'store-conflict' })
        return store.end(lease, events, options)
      },
    }),
    /^ends a run once/,
  ],
  [
    'ends a run before it has logged the last events',
    (store) => ({
      async end(lease, events, options) {
        await store.end(lease, [], options)
        await store.append(lease, events, options)
      },
    }),
    /^ends a run with all of its last events/,
  ],
  [
    'logs last events without an end',
    (store) => ({ end: async (lease, events, options) => void (await store.append(lease, events, options)) }),
    /^logs the last events and ends the run/,
  ],
  [
    'loses a part of an event',
    (store) => ({
      append: (lease, events, options) =>
        store.append(lease, JSON.parse(JSON.stringify(events).replace('\\u0000', '')), options),
    }),
    /^returns events exactly as they/,
  ],
  [
    'reads from a position, not after it',
    (store) => ({ read: (key, options) => store.read(key, { ...options, afterSeq: options.afterSeq - 1 }) }),
    /^reads strictly after a position/,
  ],
  [
    'ignores the limit',
    (store) => ({ read: (key, options) => store.read(key, { ...options, limit: options.limit + 1 }) }),
    /^reads strictly after a position/,
  ],
  [
    'starts over after the last event',
    (store) => ({
      async read(key, options) {
        const { lastSeq } = (await store.status(key, options)) ?? { lastSeq: -1 }
        return store.read(key, { ...options, afterSeq: options.afterSeq > lastSeq ? -1 : options.afterSeq })
      },
    }),
    /^returns no events after the/,
  ],
  [
    'does not record reads',
    (store) => ({
      async status(key, options) {
        const { readMsAgo: _readMsAgo, ...status } = (await store.status(key, options)) ?? {}
        return 'state' in status ? status : undefined
      },
    }),
    /^knows when a run was last read/,
  ],
  [
    'records a status call as a read',
    (store) => ({
      async status(key, options) {
        await store.read(key, { ...options, afterSeq: -1, limit: 1 })
        return store.status(key, options)
      },
    }),
    /^knows when a run was last read/,
  ],
  [
    'lists the oldest first',
    (store) => ({ list: async (scope, options) => (await store.list(scope, options)).toReversed() }),
    /^lists the active runs/,
  ],
  ['loses a stop request', () => ({ requestStop: async () => 'unknown' }), /^reports a stop to the/],
  [
    'loses a stop request before the run',
    (store) => ({
      requestStop: async (key, options) =>
        (await store.status(key, options)) ? store.requestStop(key, options) : 'unknown',
    }),
    /^keeps a stop request for a run that does/,
  ],
  [
    'consumes the stop request of a run that could not begin',
    (store) => {
      const refused = new Set<string>()
      return {
        async begin(run, options) {
          const outcome = await store.begin(run, options)
          if (outcome.outcome !== 'begun') refused.add(run.runId)
          return outcome.outcome === 'begun' && refused.has(run.runId) ? { ...outcome, stopRequested: false } : outcome
        },
      }
    },
    /^keeps a stop request for a run that could/,
  ],
  [
    'reports stopping after the end',
    (store) => ({
      async requestStop(key, options) {
        const outcome = await store.requestStop(key, options)
        return outcome === 'already-ended' ? 'stopping' : outcome
      },
    }),
    /^reports a stop to the/,
  ],
  ['sends no notifications', () => ({ watch: () => () => {} }), /^notifies a watcher of events/],
  [
    'reports a stop as events',
    (store) => ({ watch: (key, onChange) => store.watch(key, () => onChange('events')) }),
    /^notifies a watcher of events/,
  ],
  [
    'does not unsubscribe watchers',
    (store) => ({
      watch(key, onChange) {
        store.watch(key, onChange)
        return () => {}
      },
    }),
    /^does not notify a watcher/,
  ],
  ['deletes nothing', () => ({ delete: async () => true }), /^deletes a run/],
  [
    'keeps ended runs forever',
    (store) => ({
      async status(key, options) {
        const status = await store.status(key, options)
        return status ?? { state: 'ended', lastSeq: 0, stopRequested: false }
      },
    }),
    /^deletes a run some time/,
  ],
  [
    'does not report evicted events',
    (store) => ({
      async read(key, options) {
        const page = await store.read(key, options)
        return page && { ...page, firstSeq: 0 }
      },
    }),
    /^evicts the oldest events of/,
  ],
  [
    'stores the list of the caller',
    (store) => {
      const late: Parameters<RunStore['append']>[] = []
      return {
        async append(...call) {
          late.push(call)
          return { stopRequested: false }
        },
        async read(key, options) {
          for (const call of late.splice(0)) await store.append(...call)
          return store.read(key, options)
        },
      }
    },
    /^keeps stored events when the/,
  ],
  [
    'ignores its signal',
    (store) => ({ append: (lease, events) => store.append(lease, events, { signal: new AbortController().signal }) }),
    /^rejects every call with the reason/,
  ],
  [
    'rejects with another reason',
    (store) => ({ list: (...call) => store.list(...call).catch(() => Promise.reject(new Error('aborted'))) }),
    /^rejects every call with the reason/,
  ],
  [
    'never removes its listener from the signal',
    (store) => ({
      status(key, options) {
        options.signal.addEventListener('abort', () => {})
        return store.status(key, options)
      },
    }),
    /^leaves no listener/,
  ],
  ['never answers', () => ({ status: () => new Promise(() => {}) }), /^begins a run/],
]

describe('runStoreContract', () => {
  it('passes a correct store', async () => expect(await failuresOf(() => ({}))).toEqual([]))

  it.each(BROKEN)('catches a store that %s', async (_flaw, breakStore, check) => {
    expect(await failuresOf(breakStore)).toContainEqual(expect.stringMatching(check))
  })
})
