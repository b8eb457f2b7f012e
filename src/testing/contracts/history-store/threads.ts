import { deepEqual, equal, fail, ok } from 'node:assert/strict'
import { AWKWARD_PAIRS } from '../awkward-ids.ts'
import { EVERY_FIELD as RESULT } from '../every-field.ts'
import { laterMillisecond } from '../later-millisecond.ts'
import { CAT, DOG, idsOf, refuses, threadsOf, type HistoryStoreCalls, type HistoryStoreCheck } from './calls.ts'

/** Declares checks of scopes and of the list of threads. */
export function declareThreads(check: HistoryStoreCheck): void {
  declareScopes(check)
  declareListing(check)
  declareChangesWhileListing(check)
}

function declareScopes(check: HistoryStoreCheck): void {
  check('shows a scope nothing of another one with the same ids', async ({ begin, finish, load, list, remove }) => {
    await begin({ runId: 'r1', question: 'of ann' })
    await begin({ runId: 'r1', question: 'of bob', scope: 'bob' })
    await finish({ runId: 'r1', scope: 'bob' })
    deepEqual(await load({ scope: 'eve', threadId: 'cats' }), [])
    deepEqual((await list('eve')).threads, [])
    equal(await remove({ scope: 'eve', threadId: 'cats' }), false)
    equal(await remove({ scope: 'bob', threadId: 'cats' }), true)
    const [turn, ...others] = await load()
    deepEqual([turn?.question, turn?.result, others], ['of ann', undefined, []])
    await refuses(finish({ runId: 'r1', scope: 'bob' }), 'not-found')
  })

  check('accepts any text as an id, and distinguishes all ids', async ({ begin, finish, load, list }) => {
    const idsOfScope = new Map<string, string[]>()
    for (const [scope, threadId] of AWKWARD_PAIRS) {
      const question = `${threadId} of ${scope}`
      await begin({ scope, threadId, runId: threadId, messageId: threadId, question })
      idsOfScope.set(scope, [...(idsOfScope.get(scope) ?? []), threadId])
    }
    for (const [scope, threadId] of AWKWARD_PAIRS) {
      const answer = `to ${threadId} of ${scope}`
      await finish({ scope, threadId, runId: threadId, result: { ...RESULT, answer } })
    }
    for (const [scope, threadId] of AWKWARD_PAIRS) {
      const turns = await load({ scope, threadId })
      deepEqual(
        turns.map(({ runId, messageId, question, result }) => [runId, messageId, question, result?.answer]),
        [[threadId, threadId, `${threadId} of ${scope}`, `to ${threadId} of ${scope}`]],
      )
    }
    for (const [scope, ids] of idsOfScope) deepEqual(threadsOf(await list(scope)).toSorted(), ids.toSorted())
  })
}

function declareListing(check: HistoryStoreCheck): void {
  check('lists the threads of a scope, with title and number of turns', async ({ begin, list }) => {
    deepEqual(await list('ann'), { threads: [] })
    await begin({ runId: 'r1', question: 'first' })
    await begin({ runId: 'r2', question: 'second' })
    const { threads, ...rest } = await list('ann')
    deepEqual(rest, {}, 'there is a cursor, and no further page')
    deepEqual(
      threads.map(({ threadId, title, turns }) => ({ threadId, title, turns })),
      [{ threadId: 'cats', title: 'first', turns: 2 }],
    )
    ok(Number.isFinite(threads[0]?.updatedAt))
  })

  check(
    'lists them page by page, each once, even if they were touched at almost the same time',
    async ({ begin, list }) => {
      const ids = Array.from({ length: 20 }, (_, index) => `t${index}`)
      await Promise.all(ids.map((threadId) => begin({ threadId, runId: threadId })))
      const seen: string[] = []
      for await (const page of pagesOf(list)) {
        ok(page.length <= 3, 'a page is longer than its limit')
        seen.push(...page)
      }
      deepEqual(seen.toSorted(), ids.toSorted())
    },
  )

  check('lists the most recently touched thread first', async ({ begin, finish, list }) => {
    for (const threadId of ['t1', 't2', 't3']) {
      await begin({ threadId, runId: threadId })
      await laterMillisecond()
    }
    deepEqual(threadsOf(await list('ann')), ['t3', 't2', 't1'])
    await begin({ threadId: 't1', runId: 'another' })
    deepEqual(threadsOf(await list('ann')), ['t1', 't3', 't2'])
    await laterMillisecond()
    await finish({ threadId: 't2', runId: 't2' })
    deepEqual(threadsOf(await list('ann')), ['t2', 't1', 't3'])
  })

  check(
    'deletes a thread with its runs, and returns whether it existed',
    async ({ begin, finish, load, list, remove }) => {
      await begin({ runId: 'r1' })
      equal(await remove(CAT), true)
      equal(await remove(CAT), false)
      deepEqual([await load(), (await list('ann')).threads], [[], []])
      await refuses(finish({ runId: 'r1' }), 'not-found')
      await begin({ ...DOG, runId: 'r1' })
      deepEqual(idsOf(await load(DOG)), ['r1'])
    },
  )
}

function declareChangesWhileListing(check: HistoryStoreCheck): void {
  check('lists no thread twice while threads are touched, and all others once', async ({ begin, list }) => {
    const ids = ['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't9']
    for (const threadId of ids) {
      await begin({ threadId, runId: threadId })
      await laterMillisecond()
    }
    const seen: string[] = []
    for await (const page of pagesOf(list)) {
      // A listed thread, the thread of the cursor, and one that is not listed yet.
      const touched = seen.length === 0 ? ['t9', 't7', 't1'] : []
      for (const threadId of touched) await begin({ threadId, runId: `${threadId} again` })
      seen.push(...page)
    }
    equal(new Set(seen).size, seen.length, 'a thread is listed twice')
    // The thread that was not listed yet is now before the listed ones.
    deepEqual(
      seen.filter((threadId) => threadId !== 't1'),
      ids.slice(1).toReversed(),
    )
  })

  check('lists no thread twice when the last listed one was deleted', async ({ begin, list, remove }) => {
    for (const threadId of ['t1', 't2', 't3', 't4']) {
      await begin({ threadId, runId: threadId })
      await laterMillisecond()
    }
    const { before } = await list('ann', { limit: 2 })
    await remove({ scope: 'ann', threadId: 't3' })
    const rest = await list('ann', { limit: 2, ...(before !== undefined && { before }) })
    ok(
      threadsOf(rest).every((threadId) => ['t1', 't2'].includes(threadId)),
      'a thread is listed twice',
    )
  })
}

/** Lists the threads of a scope page by page; fails when there are more pages than threads. */
async function* pagesOf(list: HistoryStoreCalls['list']): AsyncGenerator<readonly string[]> {
  let before: string | undefined
  for (let page = 0; page < 20; page += 1) {
    const next = await list('ann', { limit: 3, ...(before !== undefined && { before }) })
    yield threadsOf(next)
    before = next.before
    if (before === undefined) return
  }
  fail('the listing does not end')
}
