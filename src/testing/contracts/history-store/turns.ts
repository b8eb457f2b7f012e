import { deepEqual, equal, ok } from 'node:assert/strict'
import { FAILED, EVERY_FIELD as RESULT } from '../every-field.ts'
import { CAT, DOG, idsOf, refuses, type HistoryStoreCheck } from './calls.ts'

/** Declares how the turns of a thread are kept. */
export function declareTurns(check: HistoryStoreCheck): void {
  declareKeeping(check)
  declareIdempotence(check)
  declareConcurrency(check)
  declareReplacing(check)
}

function declareKeeping(check: HistoryStoreCheck): void {
  check('keeps a question from beginTurn on, without a result', async ({ begin, load }) => {
    await begin({ runId: 'r1', question: 'How long?', messageId: 'm1' })
    const [turn, ...others] = await load()
    equal(others.length, 0)
    const { v, threadId, runId, messageId, question } = turn ?? {}
    deepEqual([v, threadId, runId, messageId, question], [1, 'cats', 'r1', 'm1', 'How long?'])
    ok(typeof turn?.createdAt === 'number' && Math.abs(Date.now() - turn.createdAt) < 3_600_000, 'createdAt is no time')
    equal(turn.result, undefined)
  })

  check('gives a result back exactly as it was kept', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1', result: RESULT })
    deepEqual((await load())[0]?.result, RESULT)
  })

  check('keeps why a run failed', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1', result: FAILED })
    deepEqual((await load())[0]?.result, FAILED)
  })

  check('keeps a result of a megabyte', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1', question: '长😀x\n'.repeat(5_000) })
    const result = { ...RESULT, answer: '长😀x\n'.repeat(200_000) }
    await finish({ runId: 'r1', result })
    const [turn] = await load()
    equal(turn?.question, '长😀x\n'.repeat(5_000))
    deepEqual(turn.result, result)
  })

  check('gives the latest turns, the oldest of them first', async ({ begin, finish, load }) => {
    for (const runId of ['r1', 'r2', 'r3', 'r4']) await begin({ runId })
    for (const runId of ['r3', 'r1']) await finish({ runId })
    deepEqual(idsOf(await load()), ['r1', 'r2', 'r3', 'r4'])
    deepEqual(idsOf(await load(CAT, 2)), ['r3', 'r4'])
  })

  check('finds nothing in a thread that there is not', async ({ load }) => deepEqual(await load(), []))

  check('refuses to finish a turn that never began', async ({ finish, load }) => {
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

  check('keeps one of two results that come at a time', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    const answers = ['first', 'second']
    await Promise.all(answers.map((answer) => finish({ runId: 'r1', result: { ...RESULT, answer } })))
    const [turn, ...others] = await load()
    equal(others.length, 0)
    ok(answers.includes(turn?.result?.answer ?? ''))
  })

  check('refuses a run that belongs to another thread', async ({ begin, load }) => {
    await begin({ runId: 'r1' })
    await refuses(begin({ ...DOG, runId: 'r1' }), 'store-conflict')
    deepEqual(await load(DOG), [])
  })
}

function declareConcurrency(check: HistoryStoreCheck): void {
  check('keeps every turn that comes at a time, once', async ({ begin, finish, load }) => {
    const runIds = Array.from({ length: 20 }, (_, index) => `r${index}`)
    await Promise.all([...runIds, ...runIds].map((runId) => begin({ runId })))
    await Promise.all([...runIds, ...runIds].map((runId) => finish({ runId, result: { ...RESULT, answer: runId } })))
    const turns = await load()
    deepEqual(idsOf(turns).toSorted(), runIds.toSorted())
    for (const { runId, result } of turns) equal(result?.answer, runId)
  })

  check('lets one thread have a run that begins in two at a time', async ({ begin, load }) => {
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
    'keeps nothing of a thread that is forgotten while a turn ends',
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

function declareReplacing(check: HistoryStoreCheck): void {
  check('puts a turn in the place of the one that it replaces, once it has ended', async ({ begin, finish, load }) => {
    for (const runId of ['r1', 'r2', 'r3']) await begin({ runId })
    await finish({ runId: 'r2', result: { ...RESULT, answer: 'old' } })
    await begin({ runId: 'r4', replaces: 'r2' })
    deepEqual(idsOf(await load()), ['r1', 'r2', 'r3', 'r4'])
    await finish({ runId: 'r4', result: { ...RESULT, answer: 'new' } })
    const turns = await load()
    deepEqual(idsOf(turns), ['r1', 'r4', 'r3'])
    equal(turns[1]?.result?.answer, 'new')
  })

  for (const finishReason of ['error', 'abort'] as const) {
    check(`keeps the old turn when the new one ends as ${finishReason}`, async ({ begin, finish, load }) => {
      await begin({ runId: 'r1' })
      await finish({ runId: 'r1' })
      await begin({ runId: 'r2', replaces: 'r1' })
      await finish({ runId: 'r2', result: { ...RESULT, finishReason } })
      ok(idsOf(await load()).includes('r1'), 'the turn that was to be replaced is gone')
    })
  }

  check('keeps both of two turns that were to replace the same one', async ({ begin, finish, load }) => {
    for (const runId of ['r1', 'r2']) await begin({ runId })
    for (const runId of ['r3', 'r4']) await begin({ runId, replaces: 'r1' })
    for (const runId of ['r3', 'r4']) await finish({ runId })
    deepEqual(idsOf(await load()), ['r3', 'r2', 'r4'])
  })

  check('refuses to replace a turn that there is not, and keeps nothing then', async ({ begin, load }) => {
    await begin({ runId: 'r1' })
    await begin({ runId: 'foreign', scope: 'bob' })
    await begin({ runId: 'elsewhere', threadId: 'dogs' })
    for (const replaces of ['unknown', 'foreign', 'elsewhere']) {
      await refuses(begin({ runId: 'r2', replaces }), 'not-found')
    }
    deepEqual(idsOf(await load()), ['r1'])
  })
}
