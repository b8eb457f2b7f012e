import type { ChatError } from '../core/vocabulary/chat-error.ts'
import { expectStorable } from '../core/options/expect-storable.ts'
import { callHook } from '../core/observe/call-hook.ts'
import type { ChatResult } from '../core/vocabulary/result.ts'
import type { FinishTurnOutcome } from '../core/vocabulary/history-store.ts'
import { decodeRecord, encodeRecord, readRecord, type RecordFormat } from './record.ts'
import { resultSchema } from './result-schema.ts'

const format: RecordFormat<ChatResult> = { name: 'a result', version: 1, schema: resultSchema }

/**
 * Encodes a result as a record for a store.
 *
 * @throws ChatError `internal` for a result that could not be decoded again
 */
export function encodeResult(result: ChatResult): string {
  expectStorable(result)
  return encodeRecord(format, result)
}

/**
 * Decodes the record of a result.
 *
 * @throws ChatError `store-unavailable` for a record that is invalid or of a newer version
 */
export function decodeResult(record: string): ChatResult {
  return decodeRecord(format, record)
}

/**
 * Decodes the result of a turn, if it has one. For an invalid record, `onError` is called and the result is left out, so
 * that the rest of the thread stays readable.
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

/** Returns the outcome of finishing a turn: `earlier` is the record that the store had before, if any. */
export function finishTurnOutcome(record: string, earlier: string | null | undefined): FinishTurnOutcome {
  if (earlier === null || earlier === undefined || earlier === record) return { kept: 'this' }
  return { kept: 'other', ...readResult(earlier, undefined) }
}
