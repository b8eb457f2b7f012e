import { deepEqual, equal } from 'node:assert/strict'
import type { ChatResult } from '../../../core/vocabulary/result.ts'
import { EVERY_FIELD as RESULT } from '../every-field.ts'
import { idsOf, refuses, type HistoryStoreCheck } from './calls.ts'

/** Results that replace an earlier answer. */
const GOOD: readonly Partial<ChatResult>[] = [
  { finishReason: 'stop' },
  { finishReason: 'length' },
  { finishReason: 'content-filter' },
]

/** Results that keep the earlier answer. */
const BAD: readonly Partial<ChatResult>[] = [
  { finishReason: 'error' },
  { finishReason: 'abort' },
  { finishReason: 'other' },
  { finishReason: 'no-evidence' },
  { finishReason: 'stop', answer: '' },
  { finishReason: 'length', answer: ' \n' },
]

/** Declares checks of turns that replace another one. */
export function declareReplacing(check: HistoryStoreCheck): void {
  declareEnds(check)
  declareAttempts(check)

  check('keeps both of two turns that replace the same one', async ({ begin, finish, load }) => {
    for (const runId of ['r1', 'r2']) await begin({ runId })
    for (const runId of ['r3', 'r4']) await begin({ runId, replaces: 'r1' })
    for (const runId of ['r3', 'r4']) await finish({ runId })
    deepEqual(idsOf(await load()), ['r3', 'r2', 'r4'])
  })

  check('rejects the replacement of an unknown turn, and stores nothing', async ({ begin, load }) => {
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
    check(`replaces a turn by one that ends as ${nameOf(end)}`, async ({ begin, finish, load }) => {
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
  check('replaces the first turn by a turn that replaces a failed attempt', async ({ begin, finish, load }) => {
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
  })

  check('keeps an attempt that is still running', async ({ begin, finish, load }) => {
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
