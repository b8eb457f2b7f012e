import type { Clock } from '../async/clock.ts'
import { withTimeout } from '../async/with-timeout.ts'
import { toChatError, type ChatError } from '../vocabulary/chat-error.ts'
import type { Message } from '../vocabulary/chat-model.ts'
import { fromMessages, fromStoredTurns, instructionsOf } from '../history/conversation.ts'
import type { HistoryTurn } from '../vocabulary/history-turn.ts'
import type { HistoryStore, NewTurn, StoreCallOptions } from '../vocabulary/history-store.ts'
import { withoutAttempts, type StoredTurn } from '../vocabulary/stored-turn.ts'
import { pinSources } from '../history/pin-sources.ts'
import { trimHistory } from '../history/trim-history.ts'
import type { ResolvedHistoryOptions } from '../options/resolved-options.ts'
import type { ChatResult } from '../vocabulary/result.ts'
import type { Source } from '../vocabulary/sources.ts'
import { warning } from '../vocabulary/warnings.ts'
import { storeTimeout } from './conclusion.ts'
import type { Turn } from './turn.ts'

/** The conversation that a turn continues. */
export interface Conversation {
  /** The earlier turns that were answered, within the budget, the oldest first. */
  readonly turns: readonly HistoryTurn[]
  /** The system messages of the caller's own list. */
  readonly instructions: readonly Message[]
  /** The question, with titles in the place of numbers of earlier sources. */
  readonly question: string
  /** The earlier sources that the question names. */
  readonly pinned: readonly Source[]
  /** The stored result of this run, if it has already ended. */
  readonly kept?: ChatResult
}

/** Maximum number of turns that are loaded; a usual budget has no room for more. */
const MOST_TURNS = 50

/** Loads the earlier turns, and resolves references of the question to their sources. */
export async function loadHistory(turn: Turn, options: ResolvedHistoryOptions): Promise<Conversation> {
  const { history, question } = turn.input
  const { turns: all, kept } = await loadTurns(turn, options)
  const { turns, trimmed } = trimHistory(all, options)
  if (trimmed) await turn.emit(warning('history-trimmed'))
  const instructions = history.kind === 'messages' ? instructionsOf(history.messages) : []
  return { turns, instructions, ...pinSources(question, all), ...(kept && { kept }) }
}

interface LoadedTurns extends Pick<Conversation, 'kept'> {
  /** The earlier turns that were answered, the oldest first. */
  readonly turns: readonly HistoryTurn[]
}

async function loadTurns(
  { input, tracker, signal, clock }: Turn,
  options: ResolvedHistoryOptions,
): Promise<LoadedTurns> {
  const { history, runId } = input
  if (history.kind === 'messages') return { turns: fromMessages(history.messages) }
  if (history.kind === 'none') return { turns: [] }
  const { store, turn } = history
  const onError = (error: ChatError): void => tracker.reportError(error)
  const call: StoreCall = { storeMs: options.storeMs, clock, signal }
  const stored = await ask(call, async (signal) => store.load(turn, { limit: MOST_TURNS, signal, onError }))
  // A new run is the latest turn. A run that is not among these turns is older, and may have ended.
  const own =
    stored.find((turn) => turn.runId === runId) ??
    (await ask(call, (signal) => findTurn(store, turn, { signal, onError })))
  // The record has priority: if the turn to replace is a failed attempt, the record names the original turn.
  const replaces = own?.replaces ?? turn.replaces
  const turns = fromStoredTurns(withoutAttempts(before(stored, replaces ?? runId)))
  return { turns, ...(own?.result && { kept: own.result }) }
}

async function findTurn(
  store: HistoryStore,
  turn: NewTurn,
  options: StoreCallOptions,
): Promise<StoredTurn | undefined> {
  if (store.find) return store.find(turn, options)
  const all = await store.load(turn, { ...options, limit: Number.MAX_SAFE_INTEGER })
  return all.find(({ runId }) => runId === turn.runId)
}

interface StoreCall {
  /** Time for the call, in milliseconds. */
  readonly storeMs: number
  /** Gives the time. */
  readonly clock: Clock
  /** Aborts the call. */
  readonly signal: AbortSignal
}

/** Calls the store with its time limit. */
async function ask<T>({ storeMs, clock, signal }: StoreCall, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await withTimeout(work, { ms: storeMs, clock, signal, onTimeout: () => storeTimeout(storeMs) })
  } catch (thrown) {
    signal.throwIfAborted()
    throw toChatError(thrown, 'store-unavailable')
  }
}

/** Returns the turns before the turn of a run. */
function before(stored: readonly StoredTurn[], runId: string): readonly StoredTurn[] {
  const index = stored.findIndex((turn) => turn.runId === runId)
  return index === -1 ? stored : stored.slice(0, index)
}
