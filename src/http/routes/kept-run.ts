import { streamOf } from '../../core/async/iterators.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import type { StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import { eventsOfTurn } from '../../core/turn/replay.ts'
import { callStore } from '../../runs/call-store.ts'
import type { RunKey } from '../../runs/run-store.ts'
import type { Call } from '../call.ts'

/** A finished run that the history has stored. */
export interface KeptRun {
  /** True if the run ended with `error`. */
  readonly hasFailed: boolean
  /** Returns a reader of all its events. */
  read(): AsyncIterable<ChatEvent>
}

/**
 * Finds a finished run in the history, for one whose events the run store no longer has. Its turn provides the events.
 */
export async function findKeptRun({ scope, runId }: RunKey, { options, signal }: Call): Promise<KeptRun | undefined> {
  const { history, storeMs, clock } = options
  const find = async (signal: AbortSignal): Promise<StoredTurn | undefined> => {
    return history?.find?.({ scope, runId }, { signal })
  }
  const turn = await callStore(find, { storeMs, clock }, signal)
  if (!turn?.result) return undefined
  const { result } = turn
  return { hasFailed: result.finishReason === 'error', read: () => streamOf(eventsOfTurn(turn, result)) }
}
