import { createDeadline } from '../core/async/deadline.ts'
import { delay } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/clock.ts'
import { toChatError, type ChatError, type ErrorCode } from '../core/errors.ts'
import type { ChatEvent, TerminalEvent } from '../core/events.ts'
import { callHook } from '../core/hooks.ts'
import { callStore } from './call-store.ts'
import type { RunLease, RunStore } from './run-store.ts'

/** How a run is written to its store. */
export interface RunWriterOptions {
  readonly store: RunStore
  readonly lease: RunLease
  /** The events of the run so far: what is not written yet is read from here. */
  readonly events: readonly ChatEvent[]
  /** How long events are collected before they are written, in milliseconds; less where the lease asks for it. */
  readonly flushMs: number
  readonly storeMs: number
  readonly clock: Clock
  /** Called when the store says that somebody asked for a stop. */
  readonly onStopRequested: () => void
  /** Called when the lease was lost: the run counts as over everywhere else. */
  readonly onLost: () => void
  readonly onError: ((error: ChatError) => void) | undefined
}

/** Writes a run to its store, beside the run: no event waits for it. */
export interface RunWriter {
  /** Says that events have been added. */
  notify(): void
  /** Writes what is left, and the event that ends the run. It gives up after `storeMs`, and never rejects. */
  end(last: TerminalEvent): Promise<void>
  /** Makes the store forget the run instead. It gives up after `storeMs`, and never rejects. */
  discard(): Promise<void>
  /** `seq` of the last event that the store has confirmed; -1 for none. */
  readonly acknowledged: () => number
}

// Renewals that come to a lease, so that some may be late or fail before it is lost.
const RENEWALS_PER_LEASE = 5
const MOST_EVENTS_PER_WRITE = 500
const RETRY_MS = 250

/**
 * Opens a writer. One write is on its way at a time, and what comes meanwhile goes into the next. While nothing comes,
 * the lease is renewed. A store that fails is asked again; once it has lost the run, the run goes on unwritten.
 */
export function createRunWriter(options: RunWriterOptions): RunWriter {
  const { store, lease, events, clock, onStopRequested, onLost, onError } = options
  const renewMs = lease.leaseMs / RENEWALS_PER_LEASE
  const flushMs = Math.min(options.flushMs, renewMs)
  const timer = createDeadline(write, clock)
  let acknowledged = -1
  let writing: Promise<void> | undefined
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
    flushing = acknowledged < events.length - 1
    timer.set(nextWriteMs())
  }

  function nextWriteMs(): number {
    if (failing) return RETRY_MS
    return flushing ? flushMs : renewMs
  }

  async function append(): Promise<void> {
    try {
      await callStore(appendOnce, options)
    } catch (thrown) {
      const error = toChatError(thrown)
      fail(error)
      if (error.code === 'store-conflict') await lose()
    }
  }

  async function appendOnce(signal: AbortSignal): Promise<void> {
    const batch = events.slice(acknowledged + 1, acknowledged + 1 + MOST_EVENTS_PER_WRITE)
    const { stopRequested } = await store.append(lease, batch, { signal })
    confirm(batch.at(-1))
    failing = undefined
    if (stopRequested) onStopRequested()
  }

  // Never backwards: a store may answer when it was given up, and asked again, long ago.
  function confirm(event: ChatEvent | undefined): void {
    acknowledged = Math.max(acknowledged, event?.seq ?? -1)
  }

  // A failure that lasts is told once.
  function fail(error: ChatError): void {
    if (failing !== error.code) callHook(onError, error)
    failing = error.code
  }

  // Where the lease was lost, the thread is free and readers elsewhere were told. A run that the store has only forgotten
  // may go on.
  async function lose(): Promise<void> {
    cease()
    try {
      const status = await callStore((signal) => store.status(lease, { signal }), options)
      if (status?.state === 'lost') onLost()
    } catch (thrown) {
      callHook(onError, toChatError(thrown))
    }
  }

  function cease(): void {
    ceased = true
    timer.dispose()
  }

  async function endWithRetries(last: TerminalEvent, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await writing
        return await endOnce(last, signal)
      } catch (thrown) {
        const error = toChatError(thrown, 'store-unavailable')
        if (error.code === 'store-conflict') throw error
        await delay(RETRY_MS, { clock, signal })
      }
    }
  }

  async function endOnce(last: TerminalEvent, signal: AbortSignal): Promise<void> {
    while (events.length - 1 - acknowledged > MOST_EVENTS_PER_WRITE) await appendOnce(signal)
    await store.end(lease, [...events.slice(acknowledged + 1), last], { signal })
    confirm(last)
  }

  /** The last that is written, unless the run is lost. */
  async function conclude(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    if (ceased) return
    cease()
    try {
      await callStore(work, options)
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
    end: (last) => conclude((signal) => endWithRetries(last, signal)),
    discard: () =>
      conclude(async (signal) => {
        await writing
        await store.delete(lease, { signal })
      }),
    acknowledged: () => acknowledged,
  }
}
