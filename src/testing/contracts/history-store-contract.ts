import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { isChatError } from '../../core/errors.ts'
import type { FinishedTurn, HistoryStore, NewTurn, StoredTurn, ThreadKey } from '../../core/history/history-store.ts'
import type { ChatResult } from '../../core/result.ts'
import {
  declareChecks,
  deepFreeze,
  promptly,
  type ContractRunner,
  type ContractSubject,
  type CreateSubject,
} from './contract-runner.ts'

/** A store under test, with nothing in it. */
export interface HistoryStoreSubject extends ContractSubject {
  readonly store: HistoryStore
}

/** What an implementer supplies to {@link historyStoreContract}. */
export interface HistoryStoreContractOptions extends ContractRunner {
  /** Named in the report. */
  readonly name: string
  readonly create: CreateSubject<HistoryStoreSubject>
}

/**
 * Declares the checks that every {@link HistoryStore} must pass, with the functions of any test runner.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { memoryHistoryStore } from 'ragwire'
 * import { historyStoreContract } from 'ragwire/testing'
 * historyStoreContract({
 *   describe,
 *   it,
 *   name: 'memoryHistoryStore',
 *   create: () => ({ store: memoryHistoryStore() }),
 * })
 * ```
 */
export function historyStoreContract(options: HistoryStoreContractOptions): void {
  options.describe(`${options.name} as a HistoryStore`, () => {
    const check = (name: string, body: (calls: StoreCalls) => Promise<void>): void =>
      declareChecks(options, options.create)(name, ({ store }) => body(callsOf(options, store)))
    declareTurns(check)
    declareIdempotence(check)
    declareReplacing(check)
    declareScopes(check)
    declareThreads(check)
    declareConduct(check)
  })
}

type Check = (name: string, body: (calls: StoreCalls) => Promise<void>) => void

const RESULT: ChatResult = deepFreeze({
  finishReason: 'stop',
  answer: 'Cats sleep 16 hours [1]. 猫 😀\n"quoted" \\ \u2028',
  sources: [
    {
      number: 1,
      sourceId: 'd#c',
      documentId: 'd',
      chunkId: 'c',
      title: 'Cats',
      url: 'https://a.example/?q=1#x',
      text: 'They sleep.\r\n',
      score: 0.123456789,
      location: { page: 2, start: 10, end: 23 },
      metadata: { nested: { list: [1, null, 'x'] } },
    },
  ],
  citations: [
    {
      index: 0,
      number: 1,
      sourceId: 'd#c',
      start: 20,
      end: 23,
      claim: { start: 0, end: 24 },
      support: 'weak',
      reasons: ['number:16'],
    },
  ],
  query: { question: 'Q', query: 'q', condensed: true },
  warnings: [{ code: 'retrying', message: 'again' }],
  usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, phases: {} },
  timings: { total: 12 },
  saved: true,
})

const CAT: ThreadKey = { scope: 'ann', threadId: 'cats' }

// Ids come from outside: whatever means something to a language, a path, a pattern or a key of two parts.
const AWKWARD_IDS = [
  '__proto__',
  'constructor',
  'a:b',
  'a',
  ':',
  "'; --",
  '%',
  '../x',
  '猫 😀',
  '*',
  'A',
  ' a',
  '["a","b"]',
]

function declareTurns(check: Check): void {
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

function declareIdempotence(check: Check): void {
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
    await refuses(begin({ runId: 'r1', threadId: 'dogs' }), 'store-conflict')
    deepEqual(await load({ scope: 'ann', threadId: 'dogs' }), [])
  })
}

function declareReplacing(check: Check): void {
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

  check('keeps the old turn when the new one fails', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1' })
    await begin({ runId: 'r2', replaces: 'r1' })
    await finish({ runId: 'r2', result: { ...RESULT, finishReason: 'error' } })
    ok(idsOf(await load()).includes('r1'), 'the turn that was to be replaced is gone')
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

function declareScopes(check: Check): void {
  check('shows a scope nothing of another one, under the same ids', async ({ begin, finish, load, list, remove }) => {
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

  check('takes any text as an id, and never takes one for another', async ({ begin, load, list }) => {
    for (const scope of AWKWARD_IDS) {
      for (const threadId of AWKWARD_IDS) await begin({ scope, threadId, runId: `run ${threadId}` })
    }
    for (const scope of AWKWARD_IDS) {
      deepEqual((await list(scope)).threads.map(({ threadId }) => threadId).toSorted(), AWKWARD_IDS.toSorted())
      for (const threadId of AWKWARD_IDS) deepEqual(idsOf(await load({ scope, threadId })), [`run ${threadId}`])
    }
    await begin({ runId: '__proto__' })
    deepEqual(idsOf(await load()), ['__proto__'])
  })
}

function declareThreads(check: Check): void {
  check('lists the threads of a scope, with title and size', async ({ begin, list }) => {
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

  check('lists them page by page, each once', async ({ begin, list }) => {
    const ids = ['t1', 't2', 't3', 't4', 't5']
    for (const threadId of ids) await begin({ threadId, runId: threadId })
    const seen: string[] = []
    let before: string | undefined
    for (let page = 0; page < ids.length; page += 1) {
      const { threads, before: next } = await list('ann', { limit: 2, ...(before !== undefined && { before }) })
      ok(threads.length <= 2, 'a page is longer than its limit')
      seen.push(...threads.map(({ threadId }) => threadId))
      before = next
      if (before === undefined) break
    }
    equal(before, undefined, 'the listing does not end')
    deepEqual(seen.toSorted(), ids)
  })

  check(
    'forgets a thread with its runs, and says whether there was one',
    async ({ begin, finish, load, list, remove }) => {
      await begin({ runId: 'r1' })
      equal(await remove(CAT), true)
      equal(await remove(CAT), false)
      deepEqual([await load(), (await list('ann')).threads], [[], []])
      await refuses(finish({ runId: 'r1' }), 'not-found')
      await begin({ runId: 'r1', threadId: 'dogs' })
      deepEqual(idsOf(await load({ scope: 'ann', threadId: 'dogs' })), ['r1'])
    },
  )
}

function declareConduct(check: Check): void {
  check('keeps what it was given, whatever is done to it later', async ({ begin, finish, load }) => {
    await begin({ runId: 'r1' })
    const sources = [...RESULT.sources]
    await finish({ runId: 'r1', result: { ...RESULT, sources } })
    sources.length = 0
    const first = await load()
    equal(first[0]?.result?.sources.length, 1)
    notEqual((await load())[0], first[0], 'two calls gave the same object')
  })

  check('leaves no listener on a signal', async ({ begin, finish, load, list, remove, signal }) => {
    await begin({ runId: 'r1' })
    await finish({ runId: 'r1' })
    await load()
    await list('ann')
    await remove(CAT)
    equal(getEventListeners(signal, 'abort').length, 0)
  })
}

interface StoreCalls {
  begin(turn: Partial<NewTurn> & { readonly runId: string }): Promise<void>
  finish(turn: Partial<FinishedTurn> & { readonly runId: string }): Promise<void>
  load(thread?: ThreadKey, limit?: number): Promise<readonly StoredTurn[]>
  list(scope: string, page?: { readonly limit: number; readonly before?: string }): ReturnType<HistoryStore['list']>
  remove(thread: ThreadKey): Promise<boolean>
  readonly signal: AbortSignal
}

/** The calls of a store, each with defaults and under the time limit, with arguments that throw when written to. */
function callsOf(runner: ContractRunner, store: HistoryStore): StoreCalls {
  const { signal } = new AbortController()
  return {
    signal,
    begin(turn) {
      const begun = deepFreeze({ ...CAT, messageId: `message of ${turn.runId}`, question: 'Why?', ...turn })
      return promptly(runner, store.beginTurn(begun, { signal }), 'beginTurn()')
    },
    finish(turn) {
      const finished = Object.freeze({ ...CAT, result: RESULT, ...turn })
      return promptly(runner, store.finishTurn(finished, { signal }), 'finishTurn()')
    },
    load: (thread = CAT, limit = 50) => promptly(runner, store.load(thread, { limit, signal }), 'load()'),
    list: (scope, page = { limit: 50 }) => promptly(runner, store.list(scope, { ...page, signal }), 'list()'),
    remove: (thread) => promptly(runner, store.delete(thread, { signal }), 'delete()'),
  }
}

async function refuses(call: Promise<unknown>, code: 'not-found' | 'store-conflict'): Promise<void> {
  const thrown: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  ok(isChatError(thrown), `the call did not fail with a ChatError: ${String(thrown)}`)
  equal(thrown.code, code)
}

function idsOf(turns: readonly StoredTurn[]): readonly string[] {
  return turns.map(({ runId }) => runId)
}
