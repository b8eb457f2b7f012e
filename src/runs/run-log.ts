import { DONE } from '../core/async/iterators.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'

/**
 * One reader of a run: it starts after a position of its own, and leaving it leaves the run to the others. It has one
 * consumer, and a second gets a `TypeError`.
 */
export interface RunReader extends AsyncIterable<ChatEvent> {
  /** `seq` of the last event that the run store has confirmed; -1 for none. */
  readonly acknowledged: () => number
}

/** The events of a run in this process, which any number of readers follow. */
export interface RunLog {
  readonly events: readonly ChatEvent[]
  add(event: ChatEvent): void
  /** Adds the last event: readers that have taken it are through. */
  close(last: ChatEvent): void
  /**
   * Follows the log from `events[from]`, and from its end when there is no such event yet. `onOver` is called once: when
   * the reader leaves, or is through.
   */
  follow(from: number, onOver: () => void): AsyncIterator<ChatEvent, undefined>
}

/** Opens a log. It holds every event until it is forgotten as a whole: what a run can say is bounded. */
export function createRunLog(): RunLog {
  const events: ChatEvent[] = []
  const wakes = new Set<() => void>()
  let closed = false

  function add(event: ChatEvent): void {
    events.push(event)
    for (const wake of wakes) wake()
  }

  function follow(from: number, onOver: () => void): AsyncIterator<ChatEvent, undefined> {
    const reads: ((result: IteratorResult<ChatEvent, undefined>) => void)[] = []
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
        reads.shift()?.(result)
      }
    }

    function finish(): void {
      if (over) return
      over = true
      wakes.delete(wake)
      onOver()
    }

    wakes.add(wake)
    return {
      next() {
        const result = take()
        return result ? Promise.resolve(result) : new Promise((resolve) => reads.push(resolve))
      },
      return() {
        finish()
        for (const read of reads.splice(0)) read(DONE)
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

/** Makes a reader of events that can be read once. */
export function createRunReader(
  events: AsyncIterator<ChatEvent, undefined>,
  acknowledged: RunReader['acknowledged'],
): RunReader {
  let taken = false
  return {
    acknowledged,
    [Symbol.asyncIterator]() {
      if (taken) throw new TypeError('Cannot read a reader of a run twice: open another one')
      taken = true
      return events
    },
  }
}
