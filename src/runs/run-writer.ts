import { createDeadline, type Deadline } from '../core/async/deadline.ts'
import { delay } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/async/clock.ts'
import { toChatError, type ChatError } from '../core/vocabulary/chat-error.ts'
import type { ErrorCode } from '../core/vocabulary/error-codes.ts'
import type { TerminalEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/call-hook.ts'
import { callStore } from './call-store.ts'
import { createRunEntry, MOST_EVENTS_PER_WRITE, type RunEntry, type RunEntryOptions } from './run-entry.ts'

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
  const { lease, clock } = options
  const entry = createRunEntry(options)
  const renewMs = lease.leaseMs / RENEWALS_PER_LEASE
  const timer = createDeadline(() => write(writer), clock)
  const writer: OpenWriter = {
    options,
    entry,
    timer,
    renewMs,
    flushMs: Math.min(options.flushMs, renewMs),
    writing: undefined,
    ending: undefined,
    failing: undefined,
    isFlushing: false,
    hasCeased: false,
    notify,
    end,
    discard,
    settled,
    acknowledged: () => entry.acknowledged(),
  }
  timer.set(renewMs)
  return writer
}

/** A writer with its state, and functions that all writers share. */
interface OpenWriter extends RunWriter {
  readonly options: RunWriterOptions
  readonly entry: RunEntry
  readonly timer: Deadline
  readonly renewMs: number
  readonly flushMs: number
  writing: Promise<void> | undefined
  ending: Promise<void> | undefined
  failing: ErrorCode | undefined
  isFlushing: boolean
  hasCeased: boolean
}

function notify(this: OpenWriter): void {
  if (this.isFlushing || this.writing || this.hasCeased) return
  this.isFlushing = true
  this.timer.set(this.flushMs)
}

async function end(this: OpenWriter, last: TerminalEvent): Promise<void> {
  if (!cease(this)) return
  const ending = endPersistently(this, last)
  this.ending = ending
  // Retries continue in the background: readers must not wait for a store that does not answer.
  await callStore(() => ending, this.options).catch((error: ChatError) => fail(this, error))
}

async function discard(this: OpenWriter): Promise<void> {
  if (!cease(this)) return
  try {
    await callStore(async (signal) => {
      await this.writing
      await this.entry.remove({ signal })
    }, this.options)
  } catch (thrown) {
    fail(this, toChatError(thrown))
  }
}

function settled(this: OpenWriter): Promise<void> {
  return this.ending ?? Promise.resolve()
}

function write(writer: OpenWriter): void {
  writer.writing = append(writer).finally(() => schedule(writer))
}

function schedule(writer: OpenWriter): void {
  writer.writing = undefined
  if (writer.hasCeased) return
  writer.isFlushing = left(writer) > 0
  writer.timer.set(nextWriteMs(writer))
}

function left({ options, entry }: OpenWriter): number {
  return options.events.length - 1 - entry.acknowledged()
}

function nextWriteMs(writer: OpenWriter): number {
  if (writer.failing) return RETRY_MS
  // After a run was registered again, readers of other processes wait for many events.
  if (left(writer) > MOST_EVENTS_PER_WRITE) return 0
  return writer.isFlushing ? writer.flushMs : writer.renewMs
}

async function append(writer: OpenWriter): Promise<void> {
  const { options, entry } = writer
  try {
    const { stopRequested } = await callStore((signal) => entry.append({ signal }), options)
    writer.failing = undefined
    if (stopRequested) options.onStopRequested()
  } catch (thrown) {
    const error = toChatError(thrown)
    fail(writer, error)
    if (error.code === 'store-conflict' && cease(writer)) options.onLost()
  }
}

// A lasting failure is reported once.
function fail(writer: OpenWriter, error: ChatError): void {
  if (writer.failing !== error.code) callHook(writer.options.onError, error)
  writer.failing = error.code
}

/** Stops the background writes; returns false if they were stopped before. */
function cease(writer: OpenWriter): boolean {
  writer.timer.dispose()
  if (writer.hasCeased) return false
  writer.hasCeased = true
  return true
}

async function endPersistently(writer: OpenWriter, last: TerminalEvent): Promise<void> {
  const { options, entry } = writer
  const { clock } = options
  const giveUpAt = clock.now() + LONGEST_END_MS
  for (;;) {
    try {
      await writer.writing
      return await callStore((signal) => entry.end(last, { signal }), options)
    } catch (thrown) {
      const error = toChatError(thrown)
      if (error.code === 'store-conflict' || clock.now() + RETRY_MS > giveUpAt) return fail(writer, error)
      await delay(RETRY_MS, { clock, signal: new AbortController().signal })
    }
  }
}
