import { deepEqual, equal, ok } from 'node:assert/strict'
import { AWKWARD_TITLES } from '../awkward-titles.ts'
import { EVERY_FIELD as RESULT } from '../every-field.ts'
import { laterMillisecond } from '../later-millisecond.ts'
import { CAT, DOG, idsOf, threadsOf, type HistoryStoreCheck } from './calls.ts'

/** Declares checks of `rename`, which do nothing for a store without it. */
export function declareRenaming(check: HistoryStoreCheck): void {
  const ifSupported: HistoryStoreCheck = (name, body) =>
    check(name, async (calls) => (calls.store.rename ? body(calls) : undefined))
  declareTitles(ifSupported)
  declareChanges(ifSupported)
}

function declareTitles(check: HistoryStoreCheck): void {
  check('renames a thread, and finds it by its new title only', async ({ begin, list, rename, search, load }) => {
    await begin({ runId: 'r1', question: 'About cats' })
    equal(await rename('Felines'), true)
    deepEqual(
      (await list('ann')).threads.map(({ title, turns }) => [title, turns]),
      [['Felines', 1]],
    )
    deepEqual([await search('feline'), await search('cats')], [['cats'], []])
    equal(await rename('Big felines'), true)
    equal(await rename('Big felines'), true)
    equal((await list('ann')).threads[0]?.title, 'Big felines')
    equal((await load())[0]?.question, 'About cats')
  })

  check('stores any title unchanged', async ({ begin, list, rename, search }) => {
    await begin({ runId: 'r1', question: 'Why?' })
    for (const title of AWKWARD_TITLES) {
      equal(await rename(title), true)
      equal((await list('ann')).threads[0]?.title, title)
      deepEqual(await search(title), ['cats'])
    }
  })

  check('renames a thread whose first question has 32,768 units', async ({ begin, list, rename, search }) => {
    await begin({ runId: 'r1', question: `Start ${'猫😀x '.repeat(6_552)}` })
    equal(await rename('Short'), true)
    equal((await list('ann')).threads[0]?.title, 'Short')
    deepEqual([await search('short'), await search('start')], [['cats'], []])
  })

  check('renames no unknown thread, and none of another scope', async ({ begin, list, rename, remove }) => {
    await begin({ runId: 'r1', question: 'Of ann' })
    await begin({ runId: 'r1', question: 'Of bob', scope: 'bob' })
    equal(await rename('New', DOG), false)
    equal(await rename('New', { scope: 'eve', threadId: 'cats' }), false)
    deepEqual([(await list('eve')).threads, threadsOf(await list('ann'))], [[], ['cats']])
    equal(await rename('New', { scope: 'bob', threadId: 'cats' }), true)
    equal((await list('ann')).threads[0]?.title, 'Of ann')
    await remove(CAT)
    equal(await rename('New'), false)
    deepEqual((await list('ann')).threads, [])
  })

  check(
    'gives a thread that was deleted and begun again its first question',
    async ({ begin, list, rename, remove }) => {
      await begin({ runId: 'r1' })
      await rename('Old title')
      await remove(CAT)
      await begin({ runId: 'r2', question: 'New question' })
      equal((await list('ann')).threads[0]?.title, 'New question')
    },
  )
}

function declareChanges(check: HistoryStoreCheck): void {
  check('keeps the order of the list and the time of the last change', async ({ begin, list, rename }) => {
    for (const threadId of ['t1', 't2', 't3']) {
      await begin({ threadId, runId: threadId })
      await laterMillisecond()
    }
    const first = await list('ann', { limit: 1 })
    const before = (await list('ann')).threads
    equal(await rename('New', { scope: 'ann', threadId: 't1' }), true)
    equal(await rename('New', { scope: 'ann', threadId: 't3' }), true)
    const after = (await list('ann')).threads
    deepEqual(
      after.map(({ threadId, updatedAt }) => [threadId, updatedAt]),
      before.map(({ threadId, updatedAt }) => [threadId, updatedAt]),
    )
    ok(first.before !== undefined)
    deepEqual(threadsOf(await list('ann', { limit: 5, before: first.before })), ['t2', 't1'])
  })

  check('keeps a title while turns are added, finished and replaced', async ({ begin, finish, list, rename, load }) => {
    await begin({ runId: 'r1', question: 'First' })
    await rename('Title')
    await begin({ runId: 'r2' })
    await finish({ runId: 'r2' })
    await begin({ runId: 'r3', question: 'First again', replaces: 'r1' })
    await finish({ runId: 'r3' })
    deepEqual(idsOf(await load()), ['r3', 'r2'])
    equal((await list('ann')).threads[0]?.title, 'Title')
  })

  check('keeps both a title and a turn that are written at once', async ({ begin, finish, list, rename, load }) => {
    await begin({ runId: 'r0' })
    for (let round = 1; round <= 5; round += 1) {
      const [, isRenamed] = await Promise.all([
        begin({ runId: `r${round}` }),
        rename(`Title ${round}`),
        finish({ runId: `r${round - 1}` }),
      ])
      equal(isRenamed, true)
      equal((await list('ann')).threads[0]?.title, `Title ${round}`)
    }
    const turns = await load()
    deepEqual(idsOf(turns), ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'])
    for (const { result } of turns.slice(0, -1)) deepEqual(result, RESULT)
  })

  check('keeps one of several titles that are set at once', async ({ begin, list, rename }) => {
    await begin({ runId: 'r1' })
    const titles = Array.from({ length: 10 }, (_, index) => `Title ${index}`)
    for (const isRenamed of await Promise.all(titles.map((title) => rename(title)))) equal(isRenamed, true)
    ok(titles.includes((await list('ann')).threads[0]?.title ?? ''))
  })

  check('restores no thread that is deleted while it is renamed', async ({ begin, list, rename, remove, load }) => {
    for (let round = 0; round < 5; round += 1) {
      await begin({ runId: `r${round}` })
      await Promise.all([rename('Title'), remove(CAT), rename('Title')])
      deepEqual([await load(), (await list('ann')).threads], [[], []])
    }
  })
}
