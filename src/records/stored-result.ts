import type { ChatResult } from '../core/result.ts'
import { decodeRecord, encodeRecord, type RecordFormat } from './record.ts'
import { resultSchema } from './result-schema.ts'

const format: RecordFormat<ChatResult> = { name: 'a result', version: 1, schema: resultSchema }

/** Makes the record of a result, for a store. */
export function encodeResult(result: ChatResult): string {
  return encodeRecord(format, result)
}

/**
 * Reads the record of a result back.
 *
 * @throws ChatError `store-unavailable` for a record of a newer version, and for what is no record
 */
export function decodeResult(record: string): ChatResult {
  return decodeRecord(format, record)
}
