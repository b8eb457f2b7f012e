import { DONE } from '../core/async/iterators.ts'
import { PULL, toNext, type PullIterator, type PullReader } from '../core/async/pull.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'

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
  readonly events: readonly ChatEvent[]
  /** Adds an event. */
  add(event: ChatEvent): void
  /** Adds the last event; readers end after it. */
  close(last: ChatEvent): void
  /**
   * Iterates over the events from `events[from]` on, or from the current end if there is no such event yet. `onClose` is
   * called once, when the reader leaves or has read the last event.
   */
  follow(from: number, onClose: () => void): PullIterator<ChatEvent>
}

/** Creates an empty log. It stores all events of the run; the limits of the turn bound their number. */
export function createRunLog(): RunLog {
  const events: ChatEvent[] = []
  const wakes = new Set<() => void>()
  let closed = false

  function add(event: ChatEvent): void {
    events.push(event)
    for (const wake of wakes) wake()
  }

  function follow(from: number, onClose: () => void): PullIterator<ChatEvent> {
    const reads: PullReader<ChatEvent>[] = []
    let position = Math.min(from, events.length)
    let over = false

    function take(): IteratorResult<ChatEvent, undefined> | undefined {
      const value = over ? undefined : events[position]
      if (value) {
        position += 1
        return { value, done: false }
      }
      if (closed) finish()
      return over ? DONE : undefined
    }

    function wake(): void {
      while (reads.length > 0) {
        const result = take()
        if (!result) return
        reads.shift()?.onResult(result)
      }
    }

    // A reader that waits for an event gets it in the call that adds it. One that is behind gets it later: it may be
    // behind by the whole run, and each call would be nested in the one before.
    function pull(reader: PullReader<ChatEvent>): void {
      const result = take()
      if (result) void Promise.resolve().then(() => reader.onResult(result))
      else reads.push(reader)
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
        for (const read of reads.splice(0)) read.onResult(DONE)
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
