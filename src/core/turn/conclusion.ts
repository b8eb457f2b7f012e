import type { Clock } from '../async/clock.ts'
import { untilAborted } from '../async/abortable.ts'
import { ignoreRejection } from '../async/iterators.ts'
import { tryAgain } from '../async/try-again.ts'
import { isSelfChecking } from '../history/self-checking.ts'
import { withTimeout } from '../async/with-timeout.ts'
import { ChatError, publicError, toChatError } from '../vocabulary/chat-error.ts'
import { expectStorable } from '../options/expect-storable.ts'
import type { HistoryStore, NewTurn, FinishTurnOutcome } from '../vocabulary/history-store.ts'
import { callHook } from '../observe/call-hook.ts'
import type { ResolvedTurnOptions } from '../options/resolved-turn-options.ts'
import type { ChatResult } from '../vocabulary/result.ts'
import type { Ending, TurnOutput } from './turn-output.ts'
import type { TurnTracker } from './turn-tracker.ts'

// A broken connection usually recovers soon, and the answer is already complete.
const FINISH_PAUSES_MS = [100, 300, 900]

/** Saves a turn, if there is a store: first its question, and exactly once its result. */
export interface Conclusion {
  /** Saves the question. Call it before any model is asked. */
  saveQuestion(signal: AbortSignal): Promise<void>
  /**
   * Saves the result and resolves with the last output. Only the first ending counts: later calls resolve with its
   * output.
   */
  reach(ending: Ending): Promise<TurnOutput>
  /** Does the same for a run whose reader has left. */
  reachUnread(ending: Ending): void
}

/** Options of {@link createConclusion}. */
export interface ConclusionOptions {
  /** The history of the turn, and `waitUntil`. */
  readonly input: Pick<ResolvedTurnOptions, 'history' | 'waitUntil'>
  /** Makes the result, and calls the observers. */
  readonly tracker: TurnTracker
  /** Time for each call to the store, in milliseconds. */
  readonly storeMs: number
  /** Gives the time. */
  readonly clock: Clock
}

/** Prepares the end of one turn. */
export function createConclusion({ input, tracker, storeMs, clock }: ConclusionOptions): Conclusion {
  const { history, waitUntil } = input
  let questionSaved: Promise<void> | undefined
  let reached: Promise<TurnOutput> | undefined

  /** Saves a result. Resolves with the outcome of the store, or `undefined` if the question was not saved. */
  function saveResult(
    store: HistoryStore,
    { scope, threadId, runId }: NewTurn,
    result: ChatResult,
  ): Promise<FinishTurnOutcome | undefined> {
    const begun = questionSaved?.then(
      () => true,
      () => false,
    )
    const commit = async (signal: AbortSignal): Promise<FinishTurnOutcome | undefined> => {
      // If the question could not be saved, the turn has failed already.
      if (!(await begun)) return undefined
      // `finishTurn` is idempotent, so it can be repeated.
      const finish = (): ReturnType<HistoryStore['finishTurn']> =>
        store.finishTurn({ scope, threadId, runId, result }, { signal })
      return (await tryAgain(finish, { clock, signal, pausesMs: FINISH_PAUSES_MS })) ?? { kept: 'this' }
    }
    // Without the signal of the run: its abort must not abort the saving.
    return withTimeout(commit, { ms: storeMs, clock, signal: undefined, onTimeout: () => storeTimeout(storeMs) })
  }

  async function conclude(ending: Ending): Promise<TurnOutput> {
    if (ending.error) tracker.reportError(ending.error)
    if (ending.kept) return finish(ending.kept, ending.error)
    const result = tracker.resultOf(ending)
    // A run that failed before its work began is not saved, so that it can be retried with the same id.
    const refused = ending.error !== undefined && !tracker.hasWorked()
    if (history.kind !== 'store' || !questionSaved || refused) return finish(result, ending.error)
    try {
      // Checked here, so that every store is protected.
      if (!isSelfChecking(history.store)) expectStorable(result)
      // The same result is stored and sent, so that a reload shows the same.
      const outcome = await saveResult(history.store, history.turn, { ...result, saved: true })
      if (outcome?.kept !== 'other') return finish({ ...result, saved: outcome !== undefined }, ending.error)
      const earlier = ending.error ? undefined : agreeing(outcome.result, result)
      if (earlier) return finish(earlier, undefined)
      throw new ChatError('The history has a different answer of the same run', {
        code: 'store-conflict',
      })
    } catch (thrown) {
      const failure = toChatError(thrown, 'store-unavailable')
      tracker.reportError(failure)
      if (ending.finishReason === 'abort' || ending.error) return finish(result, ending.error)
      return finish({ ...result, finishReason: 'error', error: publicError(failure.code) }, failure)
    }
  }

  function finish(result: ChatResult, error: ChatError | undefined): TurnOutput {
    tracker.reportResult(result)
    return { type: 'conclusion', result, ...(error && { error }) }
  }

  function reach(ending: Ending): Promise<TurnOutput> {
    return (reached ??= conclude(ending))
  }

  return {
    async saveQuestion(signal) {
      if (history.kind !== 'store') return
      const { store, turn } = history
      const begin = async (signal: AbortSignal): Promise<void> => store.beginTurn(turn, { signal })
      // Without the signal of the run: an aborted write may still arrive, and then the turn needs a result in the store.
      questionSaved = withTimeout(begin, {
        ms: storeMs,
        clock,
        signal: undefined,
        onTimeout: () => storeTimeout(storeMs),
      })
      try {
        await untilAborted(questionSaved, signal)
      } catch (thrown) {
        signal.throwIfAborted()
        // A turn without its question cannot be saved, and a store that hangs must not be awaited twice.
        questionSaved = undefined
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

/**
 * Returns the stored result if it has the same finish reason and content as the new one; then it is the result of both.
 */
function agreeing(earlier: ChatResult | undefined, result: ChatResult): ChatResult | undefined {
  if (!earlier || earlier.finishReason !== result.finishReason) return undefined
  const contentOf = ({ answer, sources, citations, query, warnings }: ChatResult): string =>
    JSON.stringify([answer, sources, citations, query, warnings])
  return contentOf(earlier) === contentOf(result) ? earlier : undefined
}

/** Makes the error of a store that does not answer in time. */
export function storeTimeout(storeMs: number): ChatError {
  return new ChatError(`The history did not answer within ${storeMs} ms (storeMs)`, { code: 'store-unavailable' })
}
