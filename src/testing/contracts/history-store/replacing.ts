import { deepEqual, equal } from 'node:assert/strict'
import type { ChatResult } from '../../../core/vocabulary/result.ts'
import { EVERY_FIELD as RESULT } from '../every-field.ts'
import { idsOf, refuses, type HistoryStoreCheck } from './calls.ts'

/** Ends that take the place of an earlier answer. */
const GOOD: readonly Partial<ChatResult>[] = [
  { finishReason: 'stop' },
  { finishReason: 'length' },
  { finishReason: 'content-filter' },
]

/** Ends that leave it as it is. */
const BAD: readonly Partial<ChatResult>[] = [
  { finishReason: 'error' },
  { finishReason: 'abort' },
  { finishReason: 'other' },
  { finishReason: 'no-evidence' },
  { finishReason: 'stop', answer: '' },
  { finishReason: 'length', answer: ' \n' },
]

/** Declares what becomes of a turn that another one is to take the place of. */
export function declareReplacing(check: HistoryStoreCheck): void {
  declareEnds(check)
  declareAttempts(check)

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

function declareEnds(check: HistoryStoreCheck): void {
  for (const end of GOOD) {
    check(`puts a turn that ends as ${nameOf(end)} in the place of another`, async ({ begin, finish, load }) => {
      for (const runId of ['r1', 'r2', 'r3']) await begin({ runId })
      await finish({ runId: 'r2', result: { ...RESULT, answer: 'old' } })
      await begin({ runId: 'r4', replaces: 'r2' })
      deepEqual(idsOf(await load()), ['r1', 'r2', 'r3', 'r4'])
      await finish({ runId: 'r4', result: { ...RESULT, answer: 'new', ...end } })
      const turns = await load()
      deepEqual(idsOf(turns), ['r1', 'r4', 'r3'])
      equal(turns[1]?.result?.answer, 'new')
    })
  }

  for (const end of BAD) {
    check(`keeps the old turn when the new one ends as ${nameOf(end)}`, async ({ begin, finish, load }) => {
      for (const runId of ['r1', 'r2']) await begin({ runId })
      await finish({ runId: 'r1' })
      await begin({ runId: 'r3', replaces: 'r1' })
      await finish({ runId: 'r3', result: { ...RESULT, ...end } })
      const turns = await load()
      deepEqual(
        turns.map(({ runId, replaces }) => [runId, replaces]),
        [
          ['r1', undefined],
          ['r2', undefined],
          ['r3', 'r1'],
        ],
      )
      deepEqual(turns[0]?.result, RESULT)
    })
  }
}

function declareAttempts(check: HistoryStoreCheck): void {
  check(
    'puts a turn that replaces a failed attempt in the place of the first turn',
    async ({ begin, finish, load }) => {
      for (const runId of ['r1', 'r2']) await begin({ runId })
      await finish({ runId: 'r1' })
      await begin({ runId: 'failed', replaces: 'r1' })
      await finish({ runId: 'failed', result: { ...RESULT, finishReason: 'error' } })
      await begin({ runId: 'stopped', replaces: 'failed' })
      await finish({ runId: 'stopped', result: { ...RESULT, finishReason: 'abort' } })
      await begin({ runId: 'r3', replaces: 'stopped' })
      deepEqual(idsOf(await load()), ['r1', 'r2', 'failed', 'stopped', 'r3'])
      await finish({ runId: 'r3' })
      deepEqual(idsOf(await load()), ['r3', 'r2'])
    },
  )

  check('leaves an attempt that is still going on', async ({ begin, finish, load }) => {
    for (const runId of ['r1', 'r2']) await begin({ runId })
    await begin({ runId: 'running', replaces: 'r1' })
    await begin({ runId: 'r3', replaces: 'r1' })
    await finish({ runId: 'r3' })
    deepEqual(idsOf(await load()), ['r3', 'r2', 'running'])
    await finish({ runId: 'running' })
    deepEqual(idsOf(await load()), ['r3', 'r2', 'running'])
  })
}

function nameOf({ finishReason, answer }: Partial<ChatResult>): string {
  return answer === undefined ? `${finishReason}` : `${finishReason} with the answer ${JSON.stringify(answer)}`
}
