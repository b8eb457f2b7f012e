import { deepEqual, equal, ok } from 'node:assert/strict'
import type { ChatResult } from '../../../core/vocabulary/result.ts'
import type { FinishTurnOutcome } from '../../../core/vocabulary/history-store.ts'
import { FAILED, EVERY_FIELD as RESULT } from '../every-field.ts'
import { CAT, DOG, idsOf, refuses, type HistoryStoreCheck } from './calls.ts'

/** Declares checks of the turns of a thread. */
export function declareTurns(check: HistoryStoreCheck): void {
  declareKeeping(check)
  declareIdempotence(check)
  declareConcurrency(check)
  declareFinding(check)
  declareRefusing(check)
}

function declareKeeping(check: HistoryStoreCheck): void {
  check('stores a question from beginTurn on, without a result', async ({ begin, load }) => {
    await begin({ runId: 'r1', question: 'How long?', messageId: 'm1' })
    const [turn, ...others] = await load()
    equal(others.length, 0)
    const { v, threadId, runId, messageId, question } = turn ?? {}
    deepEqual([v, threadId, runId, messageId, question], [1, 'cats', 'r1', 'm1', 'How long?'])
    ok(
      typeof turn?.createdAt === 'number' && Math.abs(Date.now() - turn.createdAt) < 3_600_000,
      'createdAt is not a timestamp',
    )
    equal(turn.result, undefined)
  })

  check('returns a result exactly as it was stored', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1', result: RESULT })
    deepEqual((await load())[0]?.result, RESULT)
  })

  check('stores the error of a failed run', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1', result: FAILED })
    deepEqual((await load())[0]?.result, FAILED)
  })

  check('stores a result of a megabyte', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1', question: '长😀x\n'.repeat(5_000) })
    const result = { ...RESULT, answer: '长😀x\n'.repeat(200_000) }
    await finish({ runId: 'r1', result })
    const [turn] = await load()
    equal(turn?.question, '长😀x\n'.repeat(5_000))
    deepEqual(turn.result, result)
  })

  check('returns the latest turns, the oldest of them first', async ({ begin, finish, load }) => {
    for (const runId of ['r1', 'r2', 'r3', 'r4']) await begin({ runId })
    for (const runId of ['r3', 'r1']) await finish({ runId })
    deepEqual(idsOf(await load()), ['r1', 'r2', 'r3', 'r4'])
    deepEqual(idsOf(await load(CAT, 2)), ['r3', 'r4'])
  })

  check('finds nothing in an unknown thread', async ({ load }) => deepEqual(await load(), []))

  check('rejects finishTurn for a turn that never began', async ({ finish, load }) => {
    await refuses(finish({ runId: 'r1' }), 'not-found')
    deepEqual(await load(), [])
  })
}

function declareIdempotence(check: HistoryStoreCheck): void {
  check('begins a turn once, and keeps its first question', async ({ begin, load }) => {
    await begin({ runId: 'r1', question: 'first' })
    await begin({ runId: 'r1', question: 'second' })
    await Promise.all([begin({ runId: 'r1' }), begin({ runId: 'r1' })])
    deepEqual(
      (await load()).map(({ question }) => question),
      ['first'],
    )
  })

  check('finishes a turn once, and keeps its first result', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1', result: { ...RESULT, answer: 'first' } })
    await finish({ runId: 'r1', result: { ...RESULT, answer: 'second', finishReason: 'error' } })
    await begin({ runId: 'r1' })
    deepEqual(
      (await load()).map(({ result }) => result?.answer),
      ['first'],
    )
  })

  check('keeps one of two simultaneous results, and reports to both which one', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    const results = ['first', 'second'].map((answer) => ({ ...RESULT, answer }))
    const outcomes = await Promise.all(results.map((result) => finish({ runId: 'r1', result })))
    const [turn, ...others] = await load()
    equal(others.length, 0)
    const kept = results.find(({ answer }) => answer === turn?.result?.answer)
    ok(kept, 'neither of the two results is kept')
    for (const [index, outcome] of outcomes.entries()) {
      says(outcome, results[index] === kept ? { kept: 'this' } : { kept: 'other', result: kept })
    }
  })

  check('returns the stored result when a turn is finished again', async ({ begin, finish }) => {
    await begin({ runId: 'r1' })
    const result = { ...RESULT, answer: 'first' }
    says(await finish({ runId: 'r1', result }), { kept: 'this' })
    says(await finish({ runId: 'r1', result }), { kept: 'this' })
    says(await finish({ runId: 'r1', result: { ...RESULT, answer: 'second' } }), { kept: 'other', result })
  })

  check('rejects a run that belongs to another thread', async ({ begin, load }) => {
    await begin({ runId: 'r1' })
    await refuses(begin({ ...DOG, runId: 'r1' }), 'store-conflict')
    deepEqual(await load(DOG), [])
  })
}

function declareConcurrency(check: HistoryStoreCheck): void {
  check('stores each of several simultaneous turns once', async ({ begin, finish, load }) => {
    const runIds = Array.from({ length: 20 }, (_, index) => `r${index}`)
    await Promise.all([...runIds, ...runIds].map((runId) => begin({ runId })))
    await Promise.all([...runIds, ...runIds].map((runId) => finish({ runId, result: { ...RESULT, answer: runId } })))
    const turns = await load()
    deepEqual(idsOf(turns).toSorted(), runIds.toSorted())
    for (const { runId, result } of turns) equal(result?.answer, runId)
  })

  check('assigns a run that begins in two threads simultaneously to one of them', async ({ begin, load }) => {
    const calls = [begin({ runId: 'r1' }), begin({ ...DOG, runId: 'r1' })]
    const refused = (await Promise.allSettled(calls)).flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
    equal(refused.length, 1)
    await refuses(Promise.reject(refused[0]), 'store-conflict')
    deepEqual(
      [...(await load()), ...(await load(DOG))].map(({ runId }) => runId),
      ['r1'],
    )
  })

  check(
    'stores nothing in a thread that is deleted while a turn ends',
    async ({ begin, finish, load, list, remove }) => {
      for (let round = 0; round < 5; round += 1) {
        await begin({ runId: `r${round}` })
        const ended = finish({ runId: `r${round}` }).catch((thrown: unknown) =>
          refuses(Promise.reject(thrown), 'not-found'),
        )
        equal(await remove(CAT), true)
        await ended
        deepEqual([await load(), (await list('ann')).threads], [[], []])
      }
    },
  )
}

/** Fails if a store returns another outcome; a store may also return nothing. */
function says(outcome: FinishTurnOutcome | void, expected: FinishTurnOutcome): void {
  if (outcome !== undefined) deepEqual(outcome, expected)
}

function declareFinding(check: HistoryStoreCheck): void {
  check(
    'finds the turn of a run, if it supports that, regardless of its age',
    async ({ begin, finish, find, load }) => {
      if ((await find('r0')) === 'unsupported') return
      equal(await find('r0'), undefined)
      for (let run = 0; run < 60; run += 1) await begin({ runId: `r${run}` })
      await finish({ runId: 'r0' })
      const [oldest] = await load(CAT, 60)
      deepEqual(await find('r0'), oldest)
      deepEqual([oldest?.runId, oldest?.result], ['r0', RESULT])
      equal(await find('r0', 'bob'), undefined)
      await begin({ ...DOG, runId: 'elsewhere' })
      const elsewhere = await find('elsewhere')
      ok(typeof elsewhere === 'object', 'the turn of another thread is not found')
      equal(elsewhere.threadId, 'dogs')
    },
  )

  check('finds no turn of a deleted thread', async ({ begin, find, remove }) => {
    if ((await find('r1')) === 'unsupported') return
    await begin({ runId: 'r1' })
    await remove(CAT)
    equal(await find('r1'), undefined)
  })
}

/** Invalid parts of a result, which could not be decoded after it was stored. */
const UNREADABLE: readonly (readonly [string, unknown])[] = [
  ['a title that is a number', { sources: RESULT.sources.map((source) => ({ ...source, title: 7 })) }],
  ['a section with a number', { sources: RESULT.sources.map((source) => ({ ...source, section: ['a', 7] })) }],
  [
    'a passage without an end',
    { citations: RESULT.citations.map((citation) => ({ ...citation, passage: { start: 1 } })) },
  ],
  ['a support of another word', { citations: RESULT.citations.map((citation) => ({ ...citation, support: 'yes' })) }],
  ['a finish reason of another word', { finishReason: 'done' }],
  ['a time that is no number', { timings: { total: Number.NaN } }],
]

function declareRefusing(check: HistoryStoreCheck): void {
  for (const [what, changes] of UNREADABLE) {
    check(`rejects a result with ${what}, and then accepts a valid one`, async ({ begin, finish, load }) => {
      await begin({ runId: 'r1' })
      // An untyped JavaScript caller may pass such a result.
      const result = { ...RESULT, ...(changes as Partial<ChatResult>) }
      await refuses(finish({ runId: 'r1', result }), 'internal')
      equal((await load())[0]?.result, undefined)
      await finish({ runId: 'r1' })
      deepEqual((await load())[0]?.result, RESULT)
    })
  }
}
