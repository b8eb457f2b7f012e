import { newerVersion } from './script.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ThreadKey, StoreCallOptions, ThreadPage } from '../../core/vocabulary/history-store.ts'
import { type StoredTurn, HISTORY_RECORD_VERSION } from '../../core/vocabulary/stored-turn.ts'
import { callHook } from '../../core/observe/call-hook.ts'
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
  return inGroups(fields, 6).flatMap(([runId, messageId, question, createdAt, replaces, result]) => {
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
    }
    return [turn]
  })
}

/** Returns a page of threads of a reply. The reply has one thread more if there is a next page. */
export function toPage(fields: readonly unknown[], limit: number): ThreadPage {
  const all = inGroups(fields, 4)
  const page = all.slice(0, limit)
  const threads = page.map(([threadId, micros, title, turns]) => ({
    threadId: String(threadId),
    title: typeof title === 'string' ? title : '',
    turns: Number(turns),
    updatedAt: Math.floor(Number(micros) / 1_000),
  }))
  const last = page.at(-1)
  return { threads, ...(last && all.length > limit && { before: String(last[1]) }) }
}

function inGroups(fields: readonly unknown[], size: number): readonly (readonly unknown[])[] {
  return Array.from({ length: fields.length / size }, (_, group) => fields.slice(group * size, (group + 1) * size))
}
