import { newerVersion } from './script.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ThreadKey, StoreCallOptions } from '../../core/vocabulary/history-store.ts'
import { type StoredTurn, HISTORY_RECORD_VERSION } from '../../core/vocabulary/stored-turn.ts'
import { callHook } from '../../core/observe/call-hook.ts'
import type { ListedThread } from '../../core/text/thread-page.ts'
import { readFeedback } from '../../records/stored-feedback.ts'
import { readResult } from '../../records/stored-result.ts'

const UNREADABLE = { code: 'store-unavailable', retryable: false } as const

/** Throws the error of a write that the history did not accept. */
export function expectKept([outcome]: readonly unknown[]): void {
  if (outcome === 'newer') throw newerVersion('a thread')
  if (outcome === 'store-conflict') throw new ChatError('The run belongs to another thread', { code: outcome })
  if (outcome === 'not-found') throw new ChatError('The turn does not exist', { code: outcome })
}

/** Returns the turns of a reply; a turn that cannot be read is left out. */
export function toTurns(
  { threadId }: ThreadKey,
  [outcome, ...fields]: readonly unknown[],
  onError: StoreCallOptions['onError'],
): readonly StoredTurn[] {
  if (outcome === 'newer') throw newerVersion('a thread')
  return inGroups(fields, 7).flatMap(([runId, messageId, question, createdAt, replaces, result, feedback]) => {
    // A turn with a missing part is left out; the rest of the thread stays readable.
    if (typeof messageId !== 'string' || typeof question !== 'string' || !Number.isFinite(Number(createdAt ?? ''))) {
      callHook(onError, new ChatError('Cannot read a turn: its record is incomplete', UNREADABLE))
      return []
    }
    const turn: StoredTurn = {
      v: HISTORY_RECORD_VERSION,
      threadId,
      runId: String(runId),
      messageId,
      question,
      createdAt: Number(createdAt),
      ...(typeof replaces === 'string' && { replaces }),
      ...readResult(typeof result === 'string' ? result : undefined, onError),
      ...readFeedback(feedback, onError),
    }
    return [turn]
  })
}

/** Returns the threads of a reply. */
export function toListed(fields: readonly unknown[]): readonly ListedThread[] {
  return inGroups(fields, 4).map(([threadId, micros, title, turns]) => ({
    threadId: String(threadId),
    title: typeof title === 'string' ? title : '',
    turns: Number(turns),
    updatedAt: Math.floor(Number(micros) / 1_000),
    cursor: String(micros),
  }))
}

function inGroups(fields: readonly unknown[], size: number): readonly (readonly unknown[])[] {
  return Array.from({ length: fields.length / size }, (_, group) => fields.slice(group * size, (group + 1) * size))
}
