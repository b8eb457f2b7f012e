import { untilAborted } from '../async/abortable.ts'
import { ignoreRejection } from '../async/iterators.ts'
import { tryAgain } from '../async/try-again.ts'
import { withTimeout } from '../async/with-timeout.ts'
import { ChatError, publicError, toChatError } from '../vocabulary/chat-error.ts'
import { expectStorable } from '../options/expect-storable.ts'
import type { HistoryStore, NewTurn, FinishTurnOutcome } from '../vocabulary/history-store.ts'
import { callHook } from '../observe/hooks.ts'
import type { ResolvedChatOptions } from './resolve-options.ts'
import type { ChatResult } from '../vocabulary/result.ts'
import type { Ending, TurnOutput, TurnRecord } from './record.ts'

// A connection that broke is there again soon, and the answer is written already.
const FINISH_PAUSES_MS = [100, 300, 900]

/** The end of a turn: there is one, whoever comes to it first. */
export interface Conclusion {
  /** Keeps the question, where there is a store: nothing may be paid for before. */
  open(signal: AbortSignal): Promise<void>
  /** Keeps the result, where there is a store, and gives the last output. Whoever comes later gets the same one. */
  reach(ending: Ending): Promise<TurnOutput>
  /** The same for a run that nobody reads any more. */
  reachUnread(ending: Ending): void
}

/** Prepares the end of one turn. */
export function createConclusion(options: ResolvedChatOptions, record: TurnRecord): Conclusion {
  const { history, storeMs, clock, waitUntil } = options
  let opened: Promise<void> | undefined
  let reached: Promise<TurnOutput> | undefined

  /** Resolves with which result is kept; with nothing if no result is kept. */
  function keep(
    store: HistoryStore,
    { scope, threadId, runId }: NewTurn,
    result: ChatResult,
  ): Promise<FinishTurnOutcome | undefined> {
    const begun = opened?.then(
      () => true,
      () => false,
    )
    const commit = async (signal: AbortSignal): Promise<FinishTurnOutcome | undefined> => {
      // A turn whose question could not be kept has failed for that already.
      if (!(await begun)) return undefined
      // The same result is kept once, however often it is given.
      const finish = (): ReturnType<HistoryStore['finishTurn']> =>
        store.finishTurn({ scope, threadId, runId, result }, { signal })
      return (await tryAgain(finish, { clock, signal, pausesMs: FINISH_PAUSES_MS })) ?? { kept: 'this' }
    }
    // A signal of its own: an abort of the run must not abort what is left to save.
    const { signal } = new AbortController()
    return withTimeout(commit, { ms: storeMs, clock, signal, onTimeout: () => storeTimeout(storeMs) })
  }

  async function conclude(ending: Ending): Promise<TurnOutput> {
    if (ending.error) record.report(ending.error)
    if (ending.kept) return finish(ending.kept, ending.error)
    const result = record.result(ending)
    // A run that failed before it had begun its work is nothing to keep: it may be tried again under its id.
    const refused = ending.error !== undefined && !record.hasWorked()
    if (history.kind !== 'store' || !opened || refused) return finish(result, ending.error)
    try {
      // What a store of any kind is given can be read back.
      expectStorable(result)
      // What is kept is what the reader gets, so that a reload shows the same.
      const outcome = await keep(history.store, history.turn, { ...result, saved: true })
      if (outcome?.kept !== 'other') return finish({ ...result, saved: outcome !== undefined }, ending.error)
      const earlier = ending.error ? undefined : agreeing(outcome.result, result)
      if (earlier) return finish(earlier, undefined)
      throw new ChatError('The history keeps an earlier answer of the same run, and this one is different', {
        code: 'store-conflict',
      })
    } catch (thrown) {
      const failure = toChatError(thrown, 'store-unavailable')
      record.report(failure)
      if (ending.finishReason === 'abort' || ending.error) return finish(result, ending.error)
      return finish({ ...result, finishReason: 'error', error: publicError(failure.code) }, failure)
    }
  }

  function finish(result: ChatResult, error: ChatError | undefined): TurnOutput {
    record.finished(result)
    return { type: 'conclusion', result, ...(error && { error }) }
  }

  function reach(ending: Ending): Promise<TurnOutput> {
    return (reached ??= conclude(ending))
  }

  return {
    async open(signal) {
      if (history.kind !== 'store') return
      const { store, turn } = history
      const begin = async (signal: AbortSignal): Promise<void> => store.beginTurn(turn, { signal })
      // A signal of its own: what is on its way to the store arrives, and then needs an end there, too.
      const unaborted = new AbortController().signal
      opened = withTimeout(begin, { ms: storeMs, clock, signal: unaborted, onTimeout: () => storeTimeout(storeMs) })
      try {
        await untilAborted(opened, signal)
      } catch (thrown) {
        signal.throwIfAborted()
        // Nothing can be kept of a turn whose question was not, and a store that hangs is not waited for twice.
        opened = undefined
        throw toChatError(thrown, 'store-unavailable')
      }
    },
    reach,
    reachUnread(ending) {
      const saving = reach(ending)
      ignoreRejection(saving)
      callHook(waitUntil, saving)
    },
  }
}

/** The result that was kept before, where it ended well and says what the reader has got: then it is the end of both. */
function agreeing(earlier: ChatResult | undefined, result: ChatResult): ChatResult | undefined {
  if (!earlier || earlier.finishReason !== result.finishReason) return undefined
  const said = ({ answer, sources, citations, query, warnings }: ChatResult): string =>
    JSON.stringify([answer, sources, citations, query, warnings])
  return said(earlier) === said(result) ? earlier : undefined
}

/** What a store that does not answer in time fails with. */
export function storeTimeout(storeMs: number): ChatError {
  return new ChatError(`The history did not answer within ${storeMs} ms (storeMs)`, { code: 'store-unavailable' })
}
