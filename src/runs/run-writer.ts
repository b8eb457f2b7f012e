import { createDeadline } from '../core/async/deadline.ts'
import { delay } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/async/clock.ts'
import { toChatError, type ChatError } from '../core/vocabulary/chat-error.ts'
import type { ErrorCode } from '../core/vocabulary/error-codes.ts'
import type { TerminalEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/hooks.ts'
import { callStore } from './call-store.ts'
import { createRunEntry, MOST_EVENTS_PER_WRITE, type RunEntryOptions } from './run-entry.ts'

/** How a run is written to its store. */
export interface RunWriterOptions extends RunEntryOptions {
  /** How long events are collected before they are written, in milliseconds; less where the lease asks for it. */
  readonly flushMs: number
  readonly storeMs: number
  readonly clock: Clock
  /** Called when the store says that somebody asked for a stop. */
  readonly onStopRequested: () => void
  /** Called when another run has taken over: this one counts as over everywhere else. */
  readonly onLost: () => void
  readonly onError: ((error: ChatError) => void) | undefined
}

/** Writes a run to its store, beside the run: no event waits for it. */
export interface RunWriter {
  /** Says that events have been added. */
  notify(): void
  /** Writes what is left, and the event that ends the run. It waits for at most `storeMs`, and never rejects. */
  end(last: TerminalEvent): Promise<void>
  /** Makes the store forget the run instead. It gives up after `storeMs`, and never rejects. */
  discard(): Promise<void>
  /**
   * Resolves when nothing is written any more. A store that is away when the run ends is asked again beyond
   * {@link RunWriter.end}, for a minute.
   */
  settled(): Promise<void>
  /** `seq` of the last event that the store has confirmed; -1 for none. */
  readonly acknowledged: () => number
}

// Renewals that come to a lease, so that some may be late or fail before it is lost.
const RENEWALS_PER_LEASE = 5
const RETRY_MS = 250
// How long the end of a run is kept for a store that is away.
const LONGEST_END_MS = 60_000

/**
 * Opens a writer. One write is on its way at a time, and what comes meanwhile goes into the next. While nothing comes,
 * the lease is renewed. A store that fails is asked again for as long as the run lives: it takes the lease back then.
 */
export function createRunWriter(options: RunWriterOptions): RunWriter {
  const { lease, events, clock, storeMs, onStopRequested, onLost, onError } = options
  const entry = createRunEntry(options)
  const renewMs = lease.leaseMs / RENEWALS_PER_LEASE
  const flushMs = Math.min(options.flushMs, renewMs)
  const timer = createDeadline(write, clock)
  const unaborted = new AbortController().signal
  let writing: Promise<void> | undefined
  let ending: Promise<void> = Promise.resolve()
  let flushing = false
  let failing: ErrorCode | undefined
  let ceased = false

  timer.set(renewMs)

  function write(): void {
    writing = append().finally(schedule)
  }

  function schedule(): void {
    writing = undefined
    if (ceased) return
    flushing = left() > 0
    timer.set(nextWriteMs())
  }

  function left(): number {
    return events.length - 1 - entry.acknowledged
  }

  function nextWriteMs(): number {
    if (failing) return RETRY_MS
    // Readers elsewhere wait for what a run that was registered again has to catch up.
    if (left() > MOST_EVENTS_PER_WRITE) return 0
    return flushing ? flushMs : renewMs
  }

  async function append(): Promise<void> {
    try {
      const { stopRequested } = await callStore((signal) => entry.append({ signal }), options)
      failing = undefined
      if (stopRequested) onStopRequested()
    } catch (thrown) {
      const error = toChatError(thrown)
      fail(error)
      if (error.code === 'store-conflict' && cease()) onLost()
    }
  }

  // A failure that lasts is told once.
  function fail(error: ChatError): void {
    if (failing !== error.code) callHook(onError, error)
    failing = error.code
  }

  /** Writes no more by itself; returns false where that was so already. */
  function cease(): boolean {
    timer.dispose()
    if (ceased) return false
    ceased = true
    return true
  }

  async function endPersistently(last: TerminalEvent): Promise<void> {
    const giveUpAt = clock.now() + LONGEST_END_MS
    for (;;) {
      try {
        await writing
        return await callStore((signal) => entry.end(last, { signal }), options)
      } catch (thrown) {
        const error = toChatError(thrown)
        if (error.code === 'store-conflict' || clock.now() + RETRY_MS > giveUpAt) return fail(error)
        await delay(RETRY_MS, { clock, signal: unaborted })
      }
    }
  }

  async function discard(): Promise<void> {
    try {
      await callStore(async (signal) => {
        await writing
        await entry.remove({ signal })
      }, options)
    } catch (thrown) {
      fail(toChatError(thrown))
    }
  }

  return {
    notify() {
      if (flushing || writing || ceased) return
      flushing = true
      timer.set(flushMs)
    },
    async end(last) {
      if (!cease()) return
      ending = endPersistently(last)
      // The rest is written later: readers here must not wait for a store that does not answer.
      await callStore(() => ending, { storeMs, clock }).catch(fail)
    },
    async discard() {
      if (cease()) await discard()
    },
    settled: () => ending,
    acknowledged: () => entry.acknowledged,
  }
}
