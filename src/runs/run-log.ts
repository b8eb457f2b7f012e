import { DONE } from '../core/async/iterators.ts'
import { PULL, toNext, type PullIterator, type PullReader } from '../core/async/pull.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { PartialChatResult } from '../core/vocabulary/reduce-event.ts'
import { createResultFold } from '../core/vocabulary/result-fold.ts'
import { createPackedEvents, type EventList } from './packed-events.ts'

/**
 * One reader of a run, with its own position. When it leaves, the other readers continue. It has one consumer; a second
 * one gets a `TypeError`.
 */
export interface RunReader extends AsyncIterable<ChatEvent> {
  /** Returns `seq` of the last event that the run store has confirmed; -1 for none. */
  readonly acknowledged: () => number
}

/** The events of a run in this process, for any number of readers. */
export interface RunLog {
  /** The events so far. */
  readonly events: EventList
  /** Adds an event. */
  add(event: ChatEvent): void
  /** Adds the last event; readers end after it. */
  close(last: ChatEvent): void
  /**
   * Iterates over the events from `events[from]` on, or from the current end if there is no such event yet. `onClose` is
   * called once, when the reader leaves or has read the last event.
   */
  follow(from: number, onClose: () => void): PullIterator<ChatEvent>
  /** Returns the result of the events up to the one with `lastSeq`; -1 for none. */
  resultUpTo(lastSeq: number): PartialChatResult
}

/** Creates an empty log. It stores all events of the run; the limits of the turn bound their number. */
export function createRunLog(): RunLog {
  const events = createPackedEvents()
  const wakes = new Set<() => void>()
  let latest: ChatEvent | undefined
  let closed = false

  function add(event: ChatEvent): void {
    latest = event
    events.add(event)
    for (const wake of wakes) wake()
  }

  function follow(from: number, onClose: () => void): PullIterator<ChatEvent> {
    // The pending reads: usually one, and rarely others after it.
    let waiting: PullReader<ChatEvent> | undefined
    const others: PullReader<ChatEvent>[] = []
    let position = Math.min(from, events.length)
    let over = false

    function take(): IteratorResult<ChatEvent, undefined> | undefined {
      // A reader that keeps up gets the event itself.
      const value = position === events.length - 1 ? latest : events.at(position)
      if (value && !over) {
        position += 1
        return { value, done: false }
      }
      if (closed) finish()
      return over ? DONE : undefined
    }

    function wake(): void {
      while (waiting) {
        const result = take()
        if (!result) return
        const reader = waiting
        waiting = others.shift()
        reader.onResult(result)
      }
    }

    // A reader that waits for an event gets it in the call that adds it. One that is behind gets it later: it may be
    // behind by the whole run, and each call would be nested in the one before.
    function pull(reader: PullReader<ChatEvent>): void {
      const result = take()
      if (result) void Promise.resolve(result).then((ready) => reader.onResult(ready))
      else if (waiting) others.push(reader)
      else waiting = reader
    }

    function finish(): void {
      if (over) return
      over = true
      wakes.delete(wake)
      onClose()
    }

    wakes.add(wake)
    return {
      next: toNext(pull),
      [PULL]: pull,
      return() {
        finish()
        wake()
        return Promise.resolve(DONE)
      },
    }
  }

  return {
    events,
    add,
    close(last) {
      closed = true
      add(last)
    },
    follow,
    // Only a reader that fails needs it.
    resultUpTo(lastSeq) {
      const fold = createResultFold()
      for (const event of events.slice(0, lastSeq + 1)) fold.add(event)
      return fold.result()
    },
  }
}

/** Creates a reader of events that can be consumed once. */
export function createRunReader(
  events: AsyncIterator<ChatEvent, undefined>,
  acknowledged: RunReader['acknowledged'],
): RunReader {
  let taken = false
  return {
    acknowledged,
    [Symbol.asyncIterator]() {
      if (taken) throw new TypeError('Cannot consume a run reader twice: open another one')
      taken = true
      return events
    },
  }
}
