import type { ChatEvent } from '../core/vocabulary/events.ts'
import { eventSchema } from './event-schema.ts'
import { decodeRecord, encodeRecord, type RecordFormat } from './record.ts'

const format: RecordFormat<ChatEvent> = { name: 'an event', version: 1, schema: eventSchema }

/** Encodes an event as a record for a store. */
export function encodeEvent(event: ChatEvent): string {
  return encodeRecord(format, event)
}

/**
 * Decodes the record of an event.
 *
 * @throws ChatError `store-unavailable` for a record that is invalid or of a newer version
 */
export function decodeEvent(record: string): ChatEvent {
  return decodeRecord(format, record)
}
