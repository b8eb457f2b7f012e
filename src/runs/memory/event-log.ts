import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'

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

/** Creates a log of at most `maxEvents`, as a ring buffer: a new event overwrites the oldest. */
export function createEventLog(maxEvents: number): EventLog {
  const ring: ChatEvent[] = []
  let lastSeq = -1
  const firstSeq = (): number => Math.max(0, lastSeq + 1 - maxEvents)

  return {
    firstSeq,
    lastSeq: () => lastSeq,
    add(events) {
      const start = events[0]?.seq ?? 0
      if (start > lastSeq + 1 || events.some(({ seq }, index) => seq !== start + index)) {
        throw new ChatError(`Cannot append events that do not follow event ${lastSeq}`, { code: 'store-conflict' })
      }
      for (const event of events) {
        if (event.seq <= lastSeq) continue
        lastSeq = event.seq
        ring[lastSeq % maxEvents] = event
      }
    },
    read(afterSeq, limit) {
      const from = Math.max(firstSeq(), afterSeq + 1)
      const start = from % maxEvents
      const end = start + Math.max(0, Math.min(limit, lastSeq + 1 - from))
      return [...ring.slice(start, end), ...ring.slice(0, Math.max(0, end - maxEvents))]
    },
  }
}
