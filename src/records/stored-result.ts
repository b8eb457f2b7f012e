import type { ChatError } from '../core/vocabulary/chat-error.ts'
import { expectStorable } from '../core/options/expect-storable.ts'
import { callHook } from '../core/observe/hooks.ts'
import type { ChatResult } from '../core/vocabulary/result.ts'
import type { FinishTurnOutcome } from '../core/vocabulary/history-store.ts'
import { decodeRecord, encodeRecord, readRecord, type RecordFormat } from './record.ts'
import { resultSchema } from './result-schema.ts'

const format: RecordFormat<ChatResult> = { name: 'a result', version: 1, schema: resultSchema }

/**
 * Makes the record of a result, for a store.
 *
 * @throws ChatError `internal` for a result that could not be read back
 */
export function encodeResult(result: ChatResult): string {
  expectStorable(result)
  return encodeRecord(format, result)
}

/**
 * Reads the record of a result back.
 *
 * @throws ChatError `store-unavailable` for a record of a newer version, and for one that cannot be read
 */
export function decodeResult(record: string): ChatResult {
  return decodeRecord(format, record)
}

/**
 * Reads the result of a turn. Without one there is nothing, and of one that cannot be read `onError` is told: one bad
 * record must not cost the thread that it is in.
 *
 * @throws ChatError `store-unavailable` for a record of a newer version
 */
export function readResult(
  record: string | null | undefined,
  onError: ((error: ChatError) => void) | undefined,
): Pick<{ readonly result?: ChatResult }, 'result'> {
  if (record === null || record === undefined) return {}
  const read = readRecord(format, record)
  if ('value' in read) return { result: read.value }
  callHook(onError, read.flaw)
  return {}
}

/** Returns which result a store keeps: the one whose record it was given, or `earlier`, which it had before. */
export function finishTurnOutcome(record: string, earlier: string | null | undefined): FinishTurnOutcome {
  if (earlier === null || earlier === undefined || earlier === record) return { kept: 'this' }
  return { kept: 'other', ...readResult(earlier, undefined) }
}
