import type { ChatEvent } from '../core/vocabulary/events.ts'
import { eventSchema } from './event-schema.ts'
import { decodeRecord, encodeRecord, type RecordFormat } from './record.ts'

const format: RecordFormat<ChatEvent> = { name: 'an event', version: 1, schema: eventSchema }

/** Makes the record of an event, for a store. */
export function encodeEvent(event: ChatEvent): string {
  return encodeRecord(format, event)
}

/**
 * Reads the record of an event back.
 *
 * @throws ChatError `store-unavailable` for a record of a newer version, and for what is no record
 */
export function decodeEvent(record: string): ChatEvent {
  return decodeRecord(format, record)
}
