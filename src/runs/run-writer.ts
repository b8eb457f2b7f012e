import { createDeadline } from '../core/async/deadline.ts'
import { delay } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/async/clock.ts'
import { toChatError, type ChatError } from '../core/vocabulary/chat-error.ts'
import type { ErrorCode } from '../core/vocabulary/error-codes.ts'
import type { TerminalEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/call-hook.ts'
import { callStore } from './call-store.ts'
import { createRunEntry, MOST_EVENTS_PER_WRITE, type RunEntryOptions } from './run-entry.ts'

/** The options of {@link createRunWriter}. */
export interface RunWriterOptions extends RunEntryOptions {
  /** Maximum time for which events are collected before a write, in milliseconds; at most a fifth of the lease. */
  readonly flushMs: number
  /** Maximum duration of one call to the store, in milliseconds. */
  readonly storeMs: number
  /** Measures all times of the writer. */
  readonly clock: Clock
  /** Called when the store reports a stop request. */
  readonly onStopRequested: () => void
  /** Called when the lease is no longer valid: other processes treat the run as ended. */
  readonly onLost: () => void
  /** Called when the store fails, once until it recovers. */
  readonly onError: ((error: ChatError) => void) | undefined
}

/** Writes a run to its store in the background: no event waits for a write. */
export interface RunWriter {
  /** Call it after adding events. */
  notify(): void
  /** Writes the remaining events and the terminal event. It waits at most `storeMs` and never rejects. */
  end(last: TerminalEvent): Promise<void>
  /** Deletes the run from the store instead. It gives up after `storeMs` and never rejects. */
  discard(): Promise<void>
  /**
   * Resolves after the last write. If the store is unavailable when the run ends, {@link RunWriter.end} is retried in the
   * background for one minute.
   */
  settled(): Promise<void>
  /** Returns `seq` of the last event that the store has confirmed; -1 for none. */
  readonly acknowledged: () => number
}

// Renewals per lease, so that some may be late or fail before the lease expires.
const RENEWALS_PER_LEASE = 5
const RETRY_MS = 250
// Time for which the end of a run is retried.
const LONGEST_END_MS = 60_000

/**
 * Creates a writer. One write is in progress at a time; later events go into the next one. Without events, it renews the
 * lease. If the store fails, writes are retried for as long as the run is active; the first success renews the lease.
 */
export function createRunWriter(options: RunWriterOptions): RunWriter {
  const { lease, events, clock, storeMs, onStopRequested, onLost, onError } = options
  const entry = createRunEntry(options)
  const renewMs = lease.leaseMs / RENEWALS_PER_LEASE
  const flushMs = Math.min(options.flushMs, renewMs)
  const timer = createDeadline(write, clock)
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
    return events.length - 1 - entry.acknowledged()
  }

  function nextWriteMs(): number {
    if (failing) return RETRY_MS
    // After a run was registered again, readers of other processes wait for many events.
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

  // A lasting failure is reported once.
  function fail(error: ChatError): void {
    if (failing !== error.code) callHook(onError, error)
    failing = error.code
  }

  /** Stops the background writes; returns false if they were stopped before. */
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
        await delay(RETRY_MS, { clock, signal: new AbortController().signal })
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
      // Retries continue in the background: readers must not wait for a store that does not answer.
      await callStore(() => ending, { storeMs, clock }).catch(fail)
    },
    async discard() {
      if (cease()) await discard()
    },
    settled: () => ending,
    acknowledged: entry.acknowledged,
  }
}
