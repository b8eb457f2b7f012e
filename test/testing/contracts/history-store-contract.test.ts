import { describe, expect, it } from 'vitest'
import {
  ChatError,
  foldText,
  memoryHistoryStore,
  type Feedback,
  type HistoryStore,
  type ListThreadsOptions,
  type StoredTurn,
  type ThreadPage,
} from '../../../src/index.ts'
import { historyStoreContract } from '../../../src/testing.ts'
import { collectChecks } from './collect-checks.ts'

/** The checks that a store fails: a correct one in which some methods are replaced. */
async function failuresOf(breakStore: (store: HistoryStore) => Partial<HistoryStore>): Promise<readonly string[]> {
  const { runner, failures } = collectChecks()
  const create = () => {
    const store = memoryHistoryStore()
    return { store: { ...store, ...breakStore(store) } }
  }
  historyStoreContract({ ...runner, name: 'a store', create })
  return failures()
}

const BROKEN: readonly (readonly [string, (store: HistoryStore) => Partial<HistoryStore>, RegExp])[] = [
  [
    'ignores the scope',
    (store) => ({
      beginTurn: (turn, options) => store.beginTurn({ ...turn, scope: 'all' }, options),
      load: (thread, options) => store.load({ ...thread, scope: 'all' }, options),
    }),
    /^shows a scope nothing of another one/,
  ],
  [
    'joins its keys with a colon',
    (store) => ({
      beginTurn: (turn, options) =>
        store.beginTurn({ ...turn, scope: '', threadId: `${turn.scope}:${turn.threadId}` }, options),
      load: (thread, options) => store.load({ scope: '', threadId: `${thread.scope}:${thread.threadId}` }, options),
    }),
    /^accepts any text as an id/,
  ],
  [
    'accepts a turn that never began',
    (store) => ({ finishTurn: (turn, options) => store.finishTurn(turn, options).catch(() => undefined) }),
    /^rejects finishTurn for a turn/,
  ],
  [
    'fails with an error of another kind',
    (store) => ({
      finishTurn: (turn, options) => store.finishTurn(turn, options).catch(() => Promise.reject(new Error('gone'))),
    }),
    /^rejects finishTurn for a turn/,
  ],
  [
    'rejects a repeated call',
    (store) => {
      const begun = new Set<string>()
      return {
        async beginTurn(turn, options) {
          if (begun.has(turn.runId)) throw new ChatError('again', { code: 'store-conflict' })
          begun.add(turn.runId)
          return store.beginTurn(turn, options)
        },
      }
    },
    /^begins a turn once/,
  ],
  [
    'replaces a turn before the new one has ended',
    (store) => ({
      async beginTurn(turn, options) {
        await store.beginTurn(turn, options)
        if (turn.replaces === undefined) return
        await store.delete(turn, options)
        await store.beginTurn({ ...turn, replaces: turn.runId }, options).catch(() => undefined)
      },
    }),
    /^replaces a turn by one that ends as stop/,
  ],
  [
    'replaces a good answer by any result',
    (store) => ({
      async finishTurn(turn, options) {
        const outcome = await store.finishTurn({ ...turn, result: { ...turn.result, finishReason: 'stop' } }, options)
        return outcome
      },
    }),
    /^keeps the old turn when the new one ends as other/,
  ],
  [
    'returns another result than the stored one',
    (store) => ({
      async finishTurn(turn, options) {
        await store.finishTurn(turn, options)
        return { kept: 'this' }
      },
    }),
    /^returns the stored result when/,
  ],
  [
    'finds no turn that is old',
    (store) => ({
      async find(run, options) {
        const latest = await store.load({ scope: run.scope, threadId: 'cats' }, { ...options, limit: 50 })
        return latest.find(({ runId }) => runId === run.runId)
      },
    }),
    /^finds the turn of a run/,
  ],
  [
    'stores a result that cannot be read back',
    (store) => ({ finishTurn: (turn, options) => store.finishTurn(turn, options).catch(() => undefined) }),
    /^rejects a result with a title that is a number/,
  ],
  [
    'ignores the limit',
    (store) => ({ load: (thread, options) => store.load(thread, { ...options, limit: 99 }) }),
    /^returns the latest turns/,
  ],
  [
    'returns the latest turn first',
    (store) => ({ load: async (thread, options) => (await store.load(thread, options)).toReversed() }),
    /^returns the latest turns/,
  ],
  [
    'loses a part of a result',
    (store) => ({
      finishTurn: ({ result, ...turn }, options) =>
        store.finishTurn({ ...turn, result: { ...result, citations: [] } }, options),
    }),
    /^returns a result exactly as/,
  ],
  [
    'never ends a listing',
    (store) => ({ list: async (scope, options) => ({ ...(await store.list(scope, options)), before: 't1' }) }),
    /^lists/,
  ],
  [
    'truncates long results',
    (store) => ({
      finishTurn: ({ result, ...turn }, options) =>
        store.finishTurn({ ...turn, result: { ...result, answer: result.answer.slice(0, 65_536) } }, options),
    }),
    /^stores a result of a/,
  ],
  [
    'checks for a run before it begins it, not atomically',
    (store) => {
      const threadOf = new Map<string, string>()
      return {
        async beginTurn(turn, options) {
          const known = threadOf.get(`${turn.scope} ${turn.runId}`) ?? turn.threadId
          await new Promise((resolve) => void setImmediate(resolve))
          if (known !== turn.threadId) throw new ChatError('elsewhere', { code: 'store-conflict' })
          threadOf.set(`${turn.scope} ${turn.runId}`, turn.threadId)
          return store.beginTurn(turn, options).catch(() => undefined)
        },
      }
    },
    /^assigns a run that begins/,
  ],
  [
    'restores a deleted thread',
    (store) => ({
      async finishTurn(turn, options) {
        await new Promise((resolve) => void setImmediate(resolve))
        const begun = { ...turn, messageId: 'm', question: 'q' }
        return store.finishTurn(turn, options).catch(() => store.beginTurn(begun, options))
      },
    }),
    /^stores nothing in a thread/,
  ],
  [
    'uses the number of listed threads as its cursor',
    (store) => ({
      async list(scope, { limit, before = '0', signal }) {
        const { threads } = await store.list(scope, { limit: 1_000, signal })
        const end = Number(before) + limit
        return { threads: threads.slice(Number(before), end), ...(end < threads.length && { before: `${end}` }) }
      },
    }),
    /^lists no thread twice while threads are touched/,
  ],
  [
    'lists threads by their names',
    (store) => ({
      async list(scope, options) {
        const { threads, ...rest } = await store.list(scope, options)
        return { threads: threads.toSorted((a, b) => (a.threadId < b.threadId ? -1 : 1)), ...rest }
      },
    }),
    /^lists the most recently touched/,
  ],
  ['does not delete a thread', () => ({ delete: async () => true }), /^deletes a thread with its/],
  [
    'never removes its listener from the signal',
    (store) => ({
      load(thread, options) {
        options.signal.addEventListener('abort', () => {})
        return store.load(thread, options)
      },
    }),
    /^leaves no listener/,
  ],
  ['ignores a search', ({ list }) => ({ list: (scope, { search: _search, ...rest }) => list(scope, rest) }), /^finds/],
  [
    'compares titles only in the case of ASCII',
    (store) => ({ list: (scope, options) => searchBy(store, scope, options, (text) => text.toLowerCase()) }),
    /^finds a title by a part of it in any case/,
  ],
  [
    'reads a search as a pattern of SQL',
    (store) => ({
      async list(scope, options) {
        const { search, ...rest } = options
        if (search === undefined || !/[%_]/u.test(search)) return store.list(scope, options)
        return store.list(scope, rest)
      },
    }),
    /^finds no title that lacks a part/,
  ],
  [
    'filters a page after it has cut it, without a cursor',
    (store) => ({
      async list(scope, { search, ...options }) {
        const page = await store.list(scope, options)
        if (search === undefined) return page
        return { threads: page.threads.filter(({ title }) => foldText(title).includes(foldText(search))) }
      },
    }),
    /^finds all threads of a scope page by page/,
  ],
  [
    'gives a list the whole first question',
    (store) => {
      const questions = new Map<string, string>()
      return {
        async beginTurn(turn, options) {
          if (!questions.has(turn.threadId)) questions.set(turn.threadId, turn.question)
          return store.beginTurn(turn, options)
        },
        async list(scope, options) {
          const { threads, ...rest } = await store.list(scope, options)
          return {
            ...rest,
            threads: threads.map((thread) => ({ ...thread, title: questions.get(thread.threadId) ?? '' })),
          }
        },
      }
    },
    /^cuts the title of a question/,
  ],
  ['accepts a title and forgets it', () => ({ rename: async () => true }), /^renames a thread, and finds it/],
  [
    'renames a thread that does not exist',
    ({ rename }) => ({ rename: async (...call) => (await rename?.(...call)) !== undefined }),
    /^renames no unknown thread/,
  ],
  [
    'touches a thread that it renames',
    (store) => ({
      async rename(thread, options) {
        const runId = crypto.randomUUID()
        await store.beginTurn({ ...thread, runId, messageId: 'm', question: 'q' }, options)
        return (await store.rename?.(thread, options)) ?? false
      },
    }),
    /^keeps the order of the list and the time/,
  ],
  [
    'takes the title from the first question with every turn',
    (store) => ({
      async beginTurn(turn, options) {
        await store.beginTurn(turn, options)
        await store.rename?.(turn, { ...options, title: turn.question })
      },
    }),
    /^keeps a title while turns are added/,
  ],
  [
    'stores no feedback',
    ({ setFeedback }) => ({ setFeedback: forgetful(setFeedback) }),
    /^stores feedback with its turn/,
  ],
  [
    'stores the rating and no comment',
    (store) => ({
      async setFeedback(run, { feedback, ...options }) {
        return store.setFeedback?.(run, { ...options, feedback: feedback && { rating: feedback.rating } })
      },
    }),
    /^stores any comment unchanged/,
  ],
  [
    'cannot remove feedback',
    (store) => ({
      async setFeedback(run, options) {
        return store.setFeedback?.(run, { ...options, feedback: options.feedback ?? { rating: 'up' } })
      },
    }),
    /^replaces and removes feedback/,
  ],
  [
    'does not know the earlier feedback',
    (store) => ({
      async setFeedback(run, options) {
        const outcome = await store.setFeedback?.(run, options)
        return outcome && { turn: outcome.turn }
      },
    }),
    /^lets one of several equal calls at once/,
  ],
  [
    'reads the earlier feedback before it writes, not atomically',
    (store) => ({
      async setFeedback(run, options) {
        const before = await store.find?.(run, options)
        await new Promise((resolve) => void setImmediate(resolve))
        const outcome = await store.setFeedback?.(run, options)
        return outcome && { turn: outcome.turn, ...(before?.feedback && { earlier: before.feedback }) }
      },
    }),
    /^lets one of several equal calls at once/,
  ],
  [
    'stores feedback for a turn without a result',
    (store) => {
      const early = new Map<string, Feedback>()
      const withFeedback = (turn: StoredTurn): StoredTurn => {
        const feedback = turn.feedback ?? early.get(turn.runId)
        return feedback ? { ...turn, feedback } : turn
      }
      return {
        async setFeedback(run, options) {
          const outcome = await store.setFeedback?.(run, options)
          if (!outcome && options.feedback) early.set(run.runId, options.feedback)
          return outcome
        },
        load: async (thread, options) => (await store.load(thread, options)).map(withFeedback),
      }
    },
    /^stores no feedback for a turn that is unknown or has no result/,
  ],
  [
    'gives the feedback of a replaced turn to the new one',
    (store) => ({
      async finishTurn(turn, options) {
        const [before] = await store.load(turn, { ...options, limit: 2 })
        const outcome = await store.finishTurn(turn, options)
        if (before?.feedback) await store.setFeedback?.(turn, { ...options, feedback: before.feedback })
        return outcome
      },
    }),
    /^begins a turn that replaces another one without feedback/,
  ],
  [
    'ignores the scope of feedback',
    (store) => ({ setFeedback: async (run, options) => store.setFeedback?.({ ...run, scope: 'ann' }, options) }),
    /^stores feedback in its own scope only/,
  ],
  [
    'touches a thread that gets feedback',
    (store) => ({
      async setFeedback(run, options) {
        const outcome = await store.setFeedback?.(run, options)
        const runId = crypto.randomUUID()
        if (outcome) await store.beginTurn({ ...run, ...outcome.turn, runId }, options)
        return outcome
      },
    }),
    /^keeps the order of the list when feedback is set/,
  ],
  ['never answers', () => ({ load: () => new Promise(() => {}) }), /^finds nothing in an unknown/],
]

/** Searches in the titles of one page with another comparison. */
async function searchBy(
  store: HistoryStore,
  scope: string,
  { search, ...options }: ListThreadsOptions,
  fold: (text: string) => string,
): Promise<ThreadPage> {
  if (search === undefined) return store.list(scope, options)
  const { threads } = await store.list(scope, { ...options, limit: 1_000 })
  return { threads: threads.filter(({ title }) => fold(title).includes(fold(search))) }
}

/** Returns the outcome of `setFeedback`, and stores nothing. */
function forgetful(setFeedback: HistoryStore['setFeedback']): NonNullable<HistoryStore['setFeedback']> {
  return async (run, options) => {
    const outcome = await setFeedback?.(run, options)
    if (outcome) await setFeedback?.(run, { ...options, feedback: outcome.earlier })
    return outcome
  }
}

describe('historyStoreContract', () => {
  it('passes a correct store', async () => expect(await failuresOf(() => ({}))).toEqual([]))

  it('passes a store without the optional methods', async () => {
    const without = { find: undefined, rename: undefined, setFeedback: undefined }
    // A store of an untyped language may have them as undefined.
    expect(await failuresOf(() => without as object)).toEqual([])
  })

  it.each(BROKEN)('catches a store that %s', async (_flaw, breakStore, check) => {
    expect(await failuresOf(breakStore)).toContainEqual(expect.stringMatching(check))
  })
})
