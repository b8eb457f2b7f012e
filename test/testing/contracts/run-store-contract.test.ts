import { describe, expect, it } from 'vitest'
import { ChatError } from '../../../src/index.ts'
import { memoryRunStore } from '../../../src/runs/memory/memory-run-store.ts'
import type { RunKey, RunStore } from '../../../src/runs/run-store.ts'
import { manualClock, runStoreContract } from '../../../src/testing.ts'
import { collectChecks } from './collect-checks.ts'

type BreakStore = (store: RunStore) => Partial<RunStore>

/** The checks that a store fails: a sound one in which something is replaced. */
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

/** A store that knows runs under other names: what a wrong key comes to. */
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

/** Something asynchronous between looking and doing. */
const pause = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

const BROKEN: readonly (readonly [string, BreakStore, RegExp])[] = [
  ['ignores the scope', (store) => renamed(store, ({ runId }) => ({ scope: 'all', runId })), /^shows a scope nothing/],
  [
    'joins its keys with a colon',
    (store) => renamed(store, ({ scope, runId }) => ({ scope: '', runId: `${scope}:${runId}` })),
    /^takes any text as an id/,
  ],
  [
    'takes two ways to write a letter for one',
    (store) => renamed(store, ({ scope, runId }) => ({ scope, runId: runId.normalize() })),
    /^takes any text as an id/,
  ],
  [
    'looks before it begins',
    (store) => ({
      async begin(run, options) {
        const busy = (await store.list(run.scope, options)).find(({ threadId }) => threadId === run.threadId)
        if (run.threadId !== undefined && busy) return { outcome: 'thread-busy', runId: busy.runId }
        await pause()
        const { threadId: _threadId, ...rest } = run
        return store.begin(rest, options)
      },
    }),
    /^lets one of 100 runs of a thread begin/,
  ],
  [
    'counts before it begins',
    (store) => ({
      async begin(run, options) {
        const active = (await store.list(run.scope, options)).length
        await pause()
        return active >= run.maxActive
          ? { outcome: 'too-many-runs' }
          : store.begin({ ...run, maxActive: Infinity }, options)
      },
    }),
    /^lets no more than maxActive runs begin/,
  ],
  [
    'names no run of a busy thread',
    (store) => ({
      async begin(run, options) {
        const outcome = await store.begin(run, options)
        return outcome.outcome === 'thread-busy' ? { ...outcome, runId: '' } : outcome
      },
    }),
    /^lets a thread have one run at a time/,
  ],
  [
    'begins again what has ended',
    (store) => ({
      async begin(run, options) {
        if ((await store.status(run, options))?.state === 'ended') await store.delete(run, options)
        return store.begin(run, options)
      },
    }),
    /^begins a run once/,
  ],
  [
    'begins again what was lost',
    (store) => ({
      async begin(run, options) {
        if ((await store.status(run, options))?.state === 'lost') await store.delete(run, options)
        return store.begin(run, options)
      },
    }),
    /^takes a run for lost/,
  ],
  [
    'never loses a run',
    (store) => ({ begin: (run, options) => store.begin({ ...run, leaseMs: 1e9 }, options) }),
    /^takes a run for lost/,
  ],
  [
    'gives no lease back',
    (store) => ({
      async append(lease, events, options) {
        const { state } = (await store.status(lease, options)) ?? {}
        if (state === 'lost') throw new ChatError('lost', { code: 'store-conflict' })
        return store.append(lease, events, options)
      },
    }),
    /^gives a lease that has run out back/,
  ],
  [
    'ends no run whose lease has run out',
    (store) => ({
      async end(lease, events, options) {
        const { state } = (await store.status(lease, options)) ?? {}
        if (state === 'lost') throw new ChatError('lost', { code: 'store-conflict' })
        return store.end(lease, events, options)
      },
    }),
    /^gives a lease that has run out back for no events/,
  ],
  [
    'gives a lease back though another run has begun in the thread',
    (store) => ({
      async begin(run, options) {
        const active = await store.list(run.scope, options)
        const busy = active.find(({ threadId }) => threadId !== undefined && threadId === run.threadId)
        if (busy && busy.runId !== run.runId) return { outcome: 'thread-busy', runId: busy.runId }
        const { threadId: _threadId, ...free } = run
        return store.begin(free, options)
      },
    }),
    /^gives no lease back once another run/,
  ],
  [
    'gives a lease back only while nobody else begins a run',
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
    /^gives a lease back whatever other threads/,
  ],
  [
    'forgets a stop of a lost run',
    (store) => ({
      async requestStop(run, options) {
        const { state } = (await store.status(run, options)) ?? {}
        return state === 'lost' ? 'already-ended' : store.requestStop(run, options)
      },
    }),
    /^tells the holder that takes its lease back/,
  ],
  [
    'makes a new token for a run that is registered again',
    (store) => ({ begin: ({ token: _token, ...run }, options) => store.begin(run, options) }),
    /^registers a run again under its old token/,
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
    'does not look at the token',
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
    /^refuses the lease of another run/,
  ],
  [
    'takes events with a gap before them',
    (store) => ({
      append: (lease, events, options) => store.append(lease, events, options).catch(() => ({ stopRequested: false })),
    }),
    /^refuses events when others are missing/,
  ],
  [
    'refuses with an error of another kind',
    (store) => ({
      append: (...call) => store.append(...call).catch(() => Promise.reject(new Error('conflict'))),
    }),
    /^gives no lease back once another run/,
  ],
  [
    'refuses what comes again',
    (store) => ({
      async append(lease, events, options) {
        const { lastSeq } = (await store.status(lease, options)) ?? { lastSeq: -1 }
        const [first] = events
        if (first && first.seq <= lastSeq) throw new ChatError('again', { code: 'store-conflict' })
        return store.append(lease, events, options)
      },
    }),
    /^skips what is logged already/,
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
    /^gives events back exactly/,
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
    /^has nothing after the last event/,
  ],
  [
    'does not note who reads',
    (store) => ({
      async status(key, options) {
        const { readMsAgo: _readMsAgo, ...status } = (await store.status(key, options)) ?? {}
        return 'state' in status ? status : undefined
      },
    }),
    /^knows when a run was last read/,
  ],
  [
    'takes asking for reading',
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
    /^lists the runs that are going on/,
  ],
  ['forgets a stop', () => ({ requestStop: async () => 'unknown' }), /^tells the producer of a stop/],
  [
    'forgets a stop that comes early',
    (store) => ({
      requestStop: async (key, options) =>
        (await store.status(key, options)) ? store.requestStop(key, options) : 'unknown',
    }),
    /^keeps a stop that comes before its run/,
  ],
  [
    'uses up a stop for a run that could not begin',
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
    /^keeps a stop for a run that could not begin/,
  ],
  [
    'promises a stop after the end',
    (store) => ({
      async requestStop(key, options) {
        const outcome = await store.requestStop(key, options)
        return outcome === 'already-ended' ? 'stopping' : outcome
      },
    }),
    /^tells the producer of a stop/,
  ],
  ['tells nobody', () => ({ watch: () => () => {} }), /^tells whoever watches/],
  [
    'mistakes a stop for events',
    (store) => ({ watch: (key, onChange) => store.watch(key, () => onChange('events')) }),
    /^tells whoever watches/,
  ],
  [
    'ends no watch',
    (store) => ({
      watch(key, onChange) {
        store.watch(key, onChange)
        return () => {}
      },
    }),
    /^tells nobody whose watch has ended/,
  ],
  ['forgets nothing', () => ({ delete: async () => true }), /^forgets a run, also one that is going on/],
  [
    'forgets no run that is over',
    (store) => ({
      async status(key, options) {
        const status = await store.status(key, options)
        return status ?? { state: 'ended', lastSeq: 0, stopRequested: false }
      },
    }),
    /^forgets a run some time after its end/,
  ],
  [
    'hides what it has let go',
    (store) => ({
      async read(key, options) {
        const page = await store.read(key, options)
        return page && { ...page, firstSeq: 0 }
      },
    }),
    /^lets the oldest events of a long run go/,
  ],
  [
    'keeps the list that it was given',
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
    /^keeps the events that it was given/,
  ],
  [
    'does not hear its signal',
    (store) => ({ append: (lease, events) => store.append(lease, events, { signal: new AbortController().signal }) }),
    /^rejects every call with the reason/,
  ],
  [
    'rejects with a reason of its own',
    (store) => ({ list: (...call) => store.list(...call).catch(() => Promise.reject(new Error('aborted'))) }),
    /^rejects every call with the reason/,
  ],
  [
    'listens to its signal for ever',
    (store) => ({
      status(key, options) {
        options.signal.addEventListener('abort', () => {})
        return store.status(key, options)
      },
    }),
    /^leaves no listener/,
  ],
  ['never answers', () => ({ status: () => new Promise(() => {}) }), /^begins a run, and knows it/],
]

describe('runStoreContract', () => {
  it('passes a sound store', async () => expect(await failuresOf(() => ({}))).toEqual([]))

  it.each(BROKEN)('catches a store that %s', async (_flaw, breakStore, check) => {
    expect(await failuresOf(breakStore)).toContainEqual(expect.stringMatching(check))
  })
})
