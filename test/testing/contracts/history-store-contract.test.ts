import { describe, expect, it } from 'vitest'
import { ChatError, memoryHistoryStore, type HistoryStore } from '../../../src/index.ts'
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
  ['never answers', () => ({ load: () => new Promise(() => {}) }), /^finds nothing in an unknown/],
]

describe('historyStoreContract', () => {
  it('passes a correct store', async () => expect(await failuresOf(() => ({}))).toEqual([]))

  it.each(BROKEN)('catches a store that %s', async (_flaw, breakStore, check) => {
    expect(await failuresOf(breakStore)).toContainEqual(expect.stringMatching(check))
  })
})
