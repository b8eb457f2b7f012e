import { withTimeout } from '../async/with-timeout.ts'
import { toChatError } from '../errors.ts'
import type { Message } from '../generation/chat-model.ts'
import { fromStoredTurns, type HistoryTurn } from '../history/conversation.ts'
import type { StoredTurn } from '../history/history-store.ts'
import { pinSources } from '../history/pin-sources.ts'
import { trimHistory } from '../history/trim-history.ts'
import type { ResolvedChatOptions } from '../resolve-options.ts'
import type { ChatResult } from '../result.ts'
import type { Source } from '../sources.ts'
import { warning } from '../warnings.ts'
import { storeTimeout } from './conclusion.ts'
import type { Stream } from './stream.ts'

/** What a turn follows on. */
export interface Conversation {
  /** The earlier turns that were answered, within the budget, the oldest first. */
  readonly turns: readonly HistoryTurn[]
  /** What the caller's own history says to the model, whatever is asked. */
  readonly instructions: readonly Message[]
  /** The question, with titles in the place of numbers of earlier sources. */
  readonly question: string
  /** The earlier sources that the question names. */
  readonly pinned: readonly Source[]
  /** What is kept of this very run: it has ended before. */
  readonly kept?: ChatResult
}

/** Most turns that are loaded: what a budget could hold of more is not worth reading. */
const MOST_TURNS = 50

/** Loads what was said before, and resolves what the question refers to. */
export async function recall(options: ResolvedChatOptions, { emit, signal }: Stream): Promise<Conversation> {
  const { turns: all, kept } = await loadTurns(options, signal)
  const { turns, trimmed } = trimHistory(all, options)
  if (trimmed) await emit(warning('history-trimmed'))
  const instructions = options.history.kind === 'messages' ? options.history.instructions : []
  return { turns, instructions, ...pinSources(options.question, all), ...(kept && { kept }) }
}

interface LoadedTurns extends Pick<Conversation, 'kept'> {
  readonly turns: readonly HistoryTurn[]
}

async function loadTurns(options: ResolvedChatOptions, signal: AbortSignal): Promise<LoadedTurns> {
  const { history, storeMs, clock } = options
  if (history.kind === 'messages') return { turns: history.turns }
  if (history.kind === 'none') return { turns: [] }
  const load = async (signal: AbortSignal): Promise<readonly StoredTurn[]> =>
    history.store.load(history.turn, { limit: MOST_TURNS, signal })
  try {
    const stored = await withTimeout(load, { ms: storeMs, clock, signal, onTimeout: () => storeTimeout(storeMs) })
    const kept = stored.find(({ runId }) => runId === options.runId)?.result
    const turns = fromStoredTurns(before(stored, history.turn.replaces ?? options.runId))
    return { turns, ...(kept && { kept }) }
  } catch (thrown) {
    signal.throwIfAborted()
    throw toChatError(thrown, 'store-unavailable')
  }
}

/** The turns before this one, or before the one that it replaces. */
function before(stored: readonly StoredTurn[], runId: string): readonly StoredTurn[] {
  const index = stored.findIndex((turn) => turn.runId === runId)
  return index === -1 ? stored : stored.slice(0, index)
}
