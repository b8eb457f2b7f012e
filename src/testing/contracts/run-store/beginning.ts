import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { AWKWARD_IDS, AWKWARD_PAIRS } from '../awkward-ids.ts'
import { laterMillisecond } from '../later-millisecond.ts'
import { eventsOf, terminal, type RunStoreCheck } from './calls.ts'

/** Declares checks of the begin of runs, and of their status. */
export function declareBeginning(check: RunStoreCheck): void {
  declareAdmission(check)
  declareConcurrency(check)
  declareScopes(check)
}

function declareAdmission(check: RunStoreCheck): void {
  check('begins a run, and then knows it', async ({ begin, status, read, running }) => {
    deepEqual([await status(), await read(), await running()], [undefined, undefined, []])
    const begun = await begin({ threadId: 't1', leaseMs: 50_000 })
    equal(begun.outcome, 'begun')
    equal(begun.stopRequested, false)
    const { token, ...lease } = begun.lease
    deepEqual({ ...lease }, { scope: 'ann', runId: 'r1', leaseMs: 50_000 })
    ok(token.length > 0, 'the token is empty')
    deepEqual(await status(), { state: 'running', threadId: 't1', lastSeq: -1, stopRequested: false })
    deepEqual(await read(), { state: 'running', events: [], firstSeq: 0, lastSeq: -1 })
  })

  check('begins a run once, in any state of the run', async ({ begin, lease, end }) => {
    const first = await lease({ threadId: 't1' })
    deepEqual(await begin({ threadId: 't1', maxActive: 1 }), { outcome: 'exists' })
    await end(first, [...eventsOf(0, 1), terminal(2)])
    deepEqual(await begin({ threadId: 't2' }), { outcome: 'exists' })
  })

  check('allows one active run per thread, and any number of runs without a thread', async ({ begin, lease, end }) => {
    const first = await lease({ threadId: 't1' })
    deepEqual(await begin({ threadId: 't1', runId: 'r2' }), { outcome: 'thread-busy', runId: 'r1' })
    for (const runId of ['r3', 'r4']) await lease({ runId })
    await lease({ threadId: 't2', runId: 'r5' })
    await end(first, [...eventsOf(0, 1), terminal(2)])
    await lease({ threadId: 't1', runId: 'r2' })
  })

  check('stores nothing of a run that could not begin', async ({ begin, lease, status, running }) => {
    await lease({ threadId: 't1' })
    await begin({ threadId: 't1', runId: 'r2' })
    equal((await begin({ runId: 'r3', maxActive: 1 })).outcome, 'too-many-runs')
    deepEqual([await status({ runId: 'r2' }), await status({ runId: 'r3' })], [undefined, undefined])
    deepEqual(await running(), ['r1'])
  })

  check('limits the active runs of a scope', async ({ begin, lease, end }) => {
    const first = await lease({ maxActive: 2 })
    await lease({ runId: 'r2', maxActive: 2 })
    await lease({ runId: 'r1', scope: 'bob', maxActive: 1 })
    deepEqual(await begin({ runId: 'r3', maxActive: 2 }), { outcome: 'too-many-runs' })
    await end(first, [terminal(0)])
    await lease({ runId: 'r3', maxActive: 2 })
  })

  check('lists the active runs, the latest first', async ({ store, signal, lease, end, running }) => {
    const startedAt: number[] = []
    for (const runId of ['r1', 'r2', 'r3']) {
      const { token } = await lease({ runId, ...(runId === 'r2' && { threadId: 't1' }) })
      notEqual(token, '')
      startedAt.push(Date.now())
      await laterMillisecond()
    }
    deepEqual(await running(), ['r3', 'r2', 'r1'])
    const runs = await store.list('ann', { signal })
    deepEqual(
      runs.map(({ threadId }) => threadId),
      [undefined, 't1', undefined],
    )
    ok(Math.abs((runs[0]?.startedAt ?? 0) - (startedAt[2] ?? 0)) < 3_600_000, 'startedAt is not a timestamp')
    await end(await lease({ runId: 'r4' }), [terminal(0)])
    deepEqual(await running(), ['r3', 'r2', 'r1'])
  })

  check('deletes a run, also an active one, and releases its thread', async (calls) => {
    const { begin, lease, append, remove, status, read, running } = calls
    const old = await lease({ threadId: 't1' })
    await append(old, eventsOf(0, 3))
    equal(await remove(), true)
    equal(await remove(), false)
    deepEqual([await status(), await read(), await running()], [undefined, undefined, []])
    equal((await begin({ threadId: 't1', maxActive: 1 })).outcome, 'begun')
    deepEqual(await read(), { state: 'running', events: [], firstSeq: 0, lastSeq: -1 })
  })
}

function declareConcurrency(check: RunStoreCheck): void {
  check('begins one of 100 simultaneous runs with one id', async ({ begin, running }) => {
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => begin({ threadId: 't1' })))
    deepEqual(countsOf(outcomes), { begun: 1, exists: 99 })
    deepEqual(await running(), ['r1'])
  })

  check('begins one of 100 simultaneous runs of a thread, and returns its id to the others', async (calls) => {
    const runIds = Array.from({ length: 100 }, (_, index) => `r${index}`)
    const outcomes = await Promise.all(runIds.map((runId) => calls.begin({ runId, threadId: 't1' })))
    deepEqual(countsOf(outcomes), { begun: 1, 'thread-busy': 99 })
    const [begun] = await calls.running()
    const named = new Set(outcomes.flatMap((outcome) => (outcome.outcome === 'thread-busy' ? [outcome.runId] : [])))
    deepEqual([...named], [begun])
  })

  check('begins at most maxActive of 50 simultaneous runs', async ({ begin, running }) => {
    const runIds = Array.from({ length: 50 }, (_, index) => `r${index}`)
    const outcomes = await Promise.all(runIds.map((runId) => begin({ runId, maxActive: 7 })))
    deepEqual(countsOf(outcomes), { begun: 7, 'too-many-runs': 43 })
    equal((await running()).length, 7)
  })
}

function declareScopes(check: RunStoreCheck): void {
  check('shows a scope nothing of another one with the same ids', async (calls) => {
    const { lease, append, end, read, status, running, remove } = calls
    const own = await lease({ threadId: 't1', maxActive: 1 })
    await append(own, eventsOf(0, 4))
    const foreign = await lease({ threadId: 't1', scope: 'bob', maxActive: 1 })
    await append(foreign, eventsOf(0, 1))
    await end(foreign, [terminal(2)])
    const eve = { scope: 'eve' }
    deepEqual([await read(eve), await status(eve), await running('eve')], [undefined, undefined, []])
    equal(await remove(eve), false)
    equal(await remove({ scope: 'bob' }), true)
    deepEqual([(await status())?.state, (await status())?.lastSeq, await running()], ['running', 4, ['r1']])
  })

  check('accepts any text as an id, and distinguishes all ids', async ({ lease, append, read, running }) => {
    const idsOf = new Map<string, string[]>()
    for (const [scope, runId] of AWKWARD_PAIRS) {
      await append(await lease({ scope, runId, threadId: runId }), [tokenSaying(scope, runId)])
      idsOf.set(scope, [...(idsOf.get(scope) ?? []), runId])
    }
    for (const [scope, runId] of AWKWARD_PAIRS) {
      deepEqual((await read({ scope, runId }))?.events, [tokenSaying(scope, runId)])
    }
    for (const [scope, runIds] of idsOf) deepEqual((await running(scope)).toSorted(), runIds.toSorted())
  })

  check('accepts any text as the id of a thread', async ({ begin, lease, status }) => {
    for (const [index, threadId] of AWKWARD_IDS.entries()) await lease({ threadId, runId: `r${index}` })
    for (const [index, threadId] of AWKWARD_IDS.entries()) {
      deepEqual(await begin({ threadId, runId: 'late' }), { outcome: 'thread-busy', runId: `r${index}` })
      equal((await status({ runId: `r${index}` }))?.threadId, threadId)
    }
  })
}

function tokenSaying(scope: string, runId: string) {
  return { type: 'token', seq: 0, delta: `${runId} of ${scope}`, at: 0 } as const
}

function countsOf(outcomes: readonly { readonly outcome: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
