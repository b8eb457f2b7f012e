import { deepEqual, equal, ok } from 'node:assert/strict'
import type { Feedback } from '../../../core/vocabulary/feedback.ts'
import { AWKWARD_TITLES } from '../awkward-titles.ts'
import { EVERY_FIELD as RESULT } from '../every-field.ts'
import { laterMillisecond } from '../later-millisecond.ts'
import { CAT, DOG, idsOf, type HistoryStoreCheck } from './calls.ts'

const UP: Feedback = { rating: 'up' }
const DOWN: Feedback = { rating: 'down', comment: 'It is 12 hours.\n猫 😀 "quoted" \\ \u2028\0 \ud83d' }

/** Declares checks of `setFeedback`, which do nothing for a store without it. */
export function declareRating(check: HistoryStoreCheck): void {
  const ifSupported: HistoryStoreCheck = (name, body) =>
    check(name, async (calls) => (calls.store.setFeedback ? body(calls) : undefined))
  declareKeeping(ifSupported)
  declareUnknown(ifSupported)
  declareReplaced(ifSupported)
  declareConcurrency(ifSupported)
}

function declareKeeping(check: HistoryStoreCheck): void {
  check(
    'stores feedback with its turn, and changes nothing else of it',
    async ({ begin, finish, load, rate, find }) => {
      for (const runId of ['r1', 'r2']) await begin({ runId })
      for (const runId of ['r1', 'r2']) await finish({ runId })
      const [first, second] = await load()
      const outcome = await rate('r1', DOWN)
      deepEqual(outcome, { turn: { ...first, feedback: DOWN } })
      deepEqual(await load(), [{ ...first, feedback: DOWN }, second])
      const found = await find('r1')
      if (found !== 'unsupported') deepEqual(found, { ...first, feedback: DOWN })
    },
  )

  check('replaces and removes feedback, and returns the earlier one', async ({ begin, finish, load, rate }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1' })
    const [turn] = await load()
    deepEqual(await rate('r1', undefined), { turn })
    deepEqual(await rate('r1', DOWN), { turn: { ...turn, feedback: DOWN } })
    deepEqual(await rate('r1', DOWN), { turn: { ...turn, feedback: DOWN }, earlier: DOWN })
    deepEqual(await rate('r1', UP), { turn: { ...turn, feedback: UP }, earlier: DOWN })
    deepEqual(await load(), [{ ...turn, feedback: UP }])
    deepEqual(await rate('r1', undefined), { turn, earlier: UP })
    deepEqual(await rate('r1', undefined), { turn })
    deepEqual(await load(), [turn])
  })

  check('stores any comment unchanged', async ({ begin, finish, load, rate }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1' })
    for (const comment of [...AWKWARD_TITLES, '', 'x'.repeat(2_000), '😀'.repeat(1_000)]) {
      await rate('r1', { rating: 'down', comment })
      deepEqual((await load())[0]?.feedback, { rating: 'down', comment })
    }
  })

  check('keeps feedback when its turn is begun or finished again', async ({ begin, finish, load, rate }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1' })
    await rate('r1', UP)
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1' })
    deepEqual((await load())[0]?.feedback, UP)
  })

  check('keeps the order of the list when feedback is set', async ({ begin, finish, list, rate }) => {
    for (const threadId of ['t1', 't2']) {
      await begin({ threadId, runId: threadId })
      await finish({ threadId, runId: threadId })
      await laterMillisecond()
    }
    const before = await list('ann')
    ok(await rate('t1', UP))
    deepEqual(await list('ann'), before)
  })
}

function declareUnknown(check: HistoryStoreCheck): void {
  check('stores no feedback for a turn that is unknown or has no result', async ({ begin, finish, load, rate }) => {
    equal(await rate('r1', UP), undefined)
    await begin({ runId: 'r1' })
    equal(await rate('r1', UP), undefined)
    equal(await rate('r1', undefined), undefined)
    await finish({ runId: 'r1' })
    equal((await load())[0]?.feedback, undefined)
  })

  check('stores feedback in its own scope only', async ({ begin, finish, load, rate }) => {
    for (const scope of ['ann', 'bob']) {
      await begin({ runId: 'r1', scope })
      await finish({ runId: 'r1', scope })
    }
    equal(await rate('r1', UP, 'eve'), undefined)
    await rate('r1', UP, 'bob')
    equal((await load())[0]?.feedback, undefined)
    deepEqual((await load({ scope: 'bob', threadId: 'cats' }))[0]?.feedback, UP)
  })

  check('stores no feedback in a deleted thread', async ({ begin, finish, load, rate, remove }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1' })
    await rate('r1', UP)
    await remove(CAT)
    equal(await rate('r1', DOWN), undefined)
    await begin({ ...DOG, runId: 'r1' })
    await finish({ ...DOG, runId: 'r1' })
    deepEqual([await load(), (await load(DOG))[0]?.feedback], [[], undefined])
  })
}

function declareReplaced(check: HistoryStoreCheck): void {
  check('begins a turn that replaces another one without feedback', async ({ begin, finish, load, rate }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1' })
    await rate('r1', DOWN)
    await begin({ runId: 'r2', replaces: 'r1' })
    deepEqual(
      (await load()).map(({ feedback }) => feedback),
      [DOWN, undefined],
    )
    await finish({ runId: 'r2' })
    const [turn, ...others] = await load()
    deepEqual([turn?.runId, turn?.feedback, others], ['r2', undefined, []])
    equal(await rate('r1', UP), undefined)
    ok(await rate('r2', UP))
    deepEqual(
      (await load()).map(({ runId, feedback }) => [runId, feedback]),
      [['r2', UP]],
    )
  })

  check(
    'keeps the feedback of a turn that a failed attempt does not replace',
    async ({ begin, finish, load, rate }) => {
      await begin({ runId: 'r1' })
      await finish({ runId: 'r1' })
      await rate('r1', DOWN)
      await begin({ runId: 'failed', replaces: 'r1' })
      await finish({ runId: 'failed', result: { ...RESULT, finishReason: 'error' } })
      ok(await rate('failed', UP))
      deepEqual(
        (await load()).map(({ runId, feedback }) => [runId, feedback]),
        [
          ['r1', DOWN],
          ['failed', UP],
        ],
      )
    },
  )
}

function declareConcurrency(check: HistoryStoreCheck): void {
  check('lets one of several equal calls at once find the change', async ({ begin, finish, load, rate }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1' })
    for (const feedback of [UP, DOWN, undefined]) {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => rate('r1', feedback)))
      const changes = outcomes.filter((outcome) => outcome?.earlier?.rating !== feedback?.rating)
      equal(changes.length, 1)
      deepEqual((await load())[0]?.feedback, feedback)
    }
  })

  check(
    'loses no turn and no title to feedback at the same time',
    async ({ begin, finish, load, rate, store, list }) => {
      await begin({ runId: 'r0' })
      await finish({ runId: 'r0' })
      const { signal } = new AbortController()
      for (let round = 1; round <= 5; round += 1) {
        await begin({ runId: `r${round}` })
        await Promise.all([
          finish({ runId: `r${round}` }),
          rate(`r${round - 1}`, { rating: 'up', comment: `${round}` }),
          store.rename?.(CAT, { title: `Title ${round}`, signal }),
        ])
        if (store.rename) equal((await list('ann')).threads[0]?.title, `Title ${round}`)
      }
      const turns = await load()
      deepEqual(idsOf(turns), ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'])
      for (const { result } of turns) deepEqual(result, RESULT)
      deepEqual(
        turns.map(({ feedback }) => feedback?.comment),
        ['1', '2', '3', '4', '5', undefined],
      )
    },
  )

  check(
    'gives feedback on a turn that is replaced meanwhile to no other turn',
    async ({ begin, finish, load, rate }) => {
      await begin({ runId: 'r0' })
      await finish({ runId: 'r0' })
      for (let round = 1; round <= 5; round += 1) {
        await begin({ runId: `r${round}`, replaces: `r${round - 1}` })
        await Promise.all([rate(`r${round - 1}`, UP), finish({ runId: `r${round}` }), rate(`r${round - 1}`, DOWN)])
        const turns = await load()
        deepEqual(idsOf(turns), [`r${round}`])
        equal(turns[0]?.feedback, undefined)
      }
    },
  )

  check(
    'restores no turn that is deleted while it gets feedback',
    async ({ begin, finish, load, list, rate, remove }) => {
      for (let round = 0; round < 5; round += 1) {
        await begin({ runId: `r${round}` })
        await finish({ runId: `r${round}` })
        await Promise.all([rate(`r${round}`, UP), remove(CAT), rate(`r${round}`, DOWN)])
        deepEqual([await load(), (await list('ann')).threads], [[], []])
        equal(await rate(`r${round}`, UP), undefined)
      }
    },
  )
}
