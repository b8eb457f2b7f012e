import { DONE } from '../core/async/iterators.ts'
import { nextOfPull, PULL, type PullIterator, type PullReader } from '../core/async/pull.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { PartialChatResult } from '../core/vocabulary/reduce-event.ts'
import { createResultFold } from '../core/vocabulary/result-fold.ts'
import { createPackedEvents, type EventList, type PackedEvents } from './packed-events.ts'

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
  const log: OpenLog = {
    events: createPackedEvents(),
    latest: undefined,
    isClosed: false,
    follower: undefined,
    others: NO_FOLLOWERS,
    add,
    close,
    follow,
    resultUpTo,
  }
  return log
}

/** A log with its state, and functions that all logs share. */
interface OpenLog extends RunLog {
  readonly events: PackedEvents
  latest: ChatEvent | undefined
  isClosed: boolean
  /** The usual single reader. */
  follower: Follower | undefined
  /** The other readers. A list is not changed but replaced, because a reader may leave or join while it is called. */
  others: readonly Follower[]
}

/** A reader with its state, and functions that all readers share. */
interface Follower extends PullIterator<ChatEvent> {
  readonly log: OpenLog
  readonly onClose: () => void
  position: number
  isOver: boolean
  /** True while a read is answered. */
  isAnswering: boolean
  /** The pending reads: usually one, and rarely others after it. */
  waiting: PullReader<ChatEvent> | undefined
  waitingLater: PullReader<ChatEvent>[] | undefined
}

const NO_FOLLOWERS: readonly Follower[] = []

function add(this: OpenLog, event: ChatEvent): void {
  this.latest = event
  this.events.add(event)
  if (this.follower) wake(this.follower)
  for (const follower of this.others) wake(follower)
}

function close(this: OpenLog, last: ChatEvent): void {
  this.isClosed = true
  this.add(last)
}

function follow(this: OpenLog, from: number, onClose: () => void): PullIterator<ChatEvent> {
  const follower: Follower = {
    log: this,
    onClose,
    position: Math.min(from, this.events.length),
    isOver: false,
    isAnswering: false,
    waiting: undefined,
    waitingLater: undefined,
    [PULL]: pullNext,
    next: nextOfPull,
    return: leave,
  }
  if (this.follower) this.others = [...this.others, follower]
  else this.follower = follower
  return follower
}

// Only a reader that fails needs it.
function resultUpTo(this: OpenLog, lastSeq: number): PartialChatResult {
  const fold = createResultFold()
  for (const event of this.events.slice(0, lastSeq + 1)) fold.add(event)
  return fold.result()
}

// A reader that waits for an event gets it in the call that adds it.
function pullNext(this: Follower, reader: PullReader<ChatEvent>): void {
  if (this.waiting) return void (this.waitingLater ??= []).push(reader)
  this.waiting = reader
  wake(this)
}

/** Answers the pending reads, as far as there are events. */
function wake(follower: Follower): void {
  // A read within the answer to another is left to the loop below. Without it, each answer would be nested in the one before,
  // and a reader may be behind by the whole run.
  if (follower.isAnswering) return
  follower.isAnswering = true
  try {
    while (follower.waiting) {
      const result = take(follower)
      if (!result) break
      const reader = follower.waiting
      follower.waiting = follower.waitingLater?.shift()
      reader.onResult(result)
    }
  } finally {
    follower.isAnswering = false
  }
}

function take(follower: Follower): IteratorResult<ChatEvent, undefined> | undefined {
  if (follower.isOver) return DONE
  const { log, position } = follower
  // A reader that keeps up gets the event itself.
  const value = position === log.events.length - 1 ? log.latest : log.events.at(position)
  if (value) {
    follower.position = position + 1
    return { value, done: false }
  }
  if (!log.isClosed) return undefined
  finish(follower)
  return DONE
}

function leave(this: Follower): Promise<IteratorReturnResult<undefined>> {
  finish(this)
  wake(this)
  return Promise.resolve(DONE)
}

function finish(follower: Follower): void {
  if (follower.isOver) return
  follower.isOver = true
  const { log } = follower
  if (log.follower === follower) log.follower = undefined
  else log.others = log.others.filter((other) => other !== follower)
  follower.onClose()
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
