import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { createPackedEvents } from '../packed-events.ts'

/** The latest events of a run. */
export interface EventLog {
  /** Returns `seq` of the oldest stored event; `lastSeq() + 1` if there is none. */
  firstSeq(): number
  /** Returns `seq` of the last event; -1 for none. */
  lastSeq(): number
  /**
   * Adds all events or none; events that were added before are skipped.
   *
   * @throws ChatError `store-conflict` when events are missing before or between them
   */
  add(events: readonly ChatEvent[]): void
  /** Returns at most `limit` events after `afterSeq`. */
  read(afterSeq: number, limit: number): readonly ChatEvent[]
}

/** Creates a log of the latest `maxEvents`. */
export function createEventLog(maxEvents: number): EventLog {
  let packed = createPackedEvents()
  // Of the first packed event, which may be older than the first stored one.
  let packedFrom = 0
  const lastSeq = (): number => packedFrom + packed.length - 1
  const firstSeq = (): number => Math.max(0, lastSeq() + 1 - maxEvents)

  // Removes older events half the list at a time, so that an event is moved at most once.
  function trim(): void {
    if (packed.length < 2 * maxEvents) return
    const kept = packed.slice(packed.length - maxEvents, packed.length)
    packedFrom += packed.length - maxEvents
    packed = createPackedEvents()
    for (const event of kept) packed.add(event)
  }

  return {
    firstSeq,
    lastSeq,
    add(events) {
      const next = lastSeq() + 1
      const start = events[0]?.seq ?? next
      if (start > next || events.some(({ seq }, index) => seq !== start + index)) {
        throw new ChatError(`Cannot append events that do not follow event ${next - 1}`, { code: 'store-conflict' })
      }
      for (const event of events.slice(next - start)) packed.add(event)
      trim()
    },
    read(afterSeq, limit) {
      const from = Math.max(firstSeq(), afterSeq + 1)
      return packed.slice(from - packedFrom, Math.min(from - packedFrom + limit, packed.length))
    },
  }
}
