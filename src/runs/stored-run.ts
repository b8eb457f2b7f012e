import { createHandoff, type Emit } from '../core/async/handoff.ts'
import { DONE } from '../core/async/iterators.ts'
import { delay } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/async/clock.ts'
import { toChatError, type ChatError } from '../core/vocabulary/chat-error.ts'
import type { ErrorCode } from '../core/vocabulary/error-codes.ts'
import { isTerminalEvent, type ChatEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/call-hook.ts'
import { createRunningResult } from '../core/vocabulary/running-result.ts'
import { eventBytes, textBytes, type Hold } from './buffer-meter.ts'
import { callStore } from './call-store.ts'
import { createChangeSignal } from './change-signal.ts'
import { createRunReader, type RunReader } from './run-log.ts'
import type { RunKey, RunPage, RunStore } from './run-store.ts'

/** The options for reading runs of other processes. */
export interface StoredRunOptions {
  /** The store that has the run. */
  readonly store: RunStore
  /** Interval of the polls when no notification arrives, in milliseconds. */
  readonly pollMs: number
  /** Maximum duration of one call to the store, in milliseconds. */
  readonly storeMs: number
  /**
   * Maximum wait for a failing store to recover, and for a lost run to be registered again, in milliseconds.
   */
  readonly patienceMs: number
  /** Measures all waits. */
  readonly clock: Clock
  /** Called when the store fails for longer than `patienceMs`. */
  readonly onError: ((error: ChatError) => void) | undefined
}

/** The options of {@link readStoredRun}. */
export interface StoredReaderOptions extends StoredRunOptions {
  /** Counts the bytes of the reader, until it has ended. */
  readonly hold?: Hold
  /** Called once, when the reader leaves or has read the last event. */
  readonly onClose?: () => void
}

/** The outcome of reading a run: a reader, an unknown run, dropped events after the position, or no later events. */
export type StoredRunOutcome =
  | { readonly outcome: 'reading'; readonly reader: RunReader }
  | { readonly outcome: 'unknown' | 'expired' | 'finished' }

const PAGE_EVENTS = 500
const RETRY_MS = 250
// Time in which a producer that lost its connection to the store renews its expired lease.
const RENEW_MS = 1_000

/** The outcome of {@link findStoredRun}. */
export type FoundRun = 'readable' | Exclude<StoredRunOutcome['outcome'], 'reading'>

/**
 * Checks that a run can be read after `afterSeq`.
 *
 * @throws ChatError `store-unavailable`; the reason of `signal` when it fires before
 */
export async function findStoredRun(
  run: RunKey,
  afterSeq: number,
  options: StoredRunOptions & { readonly signal: AbortSignal },
): Promise<FoundRun> {
  const page = await readPage(run, { ...options, afterSeq, limit: 1 })
  if (!page) return 'unknown'
  if (isCut(page, afterSeq)) return 'expired'
  return page.state === 'ended' && page.lastSeq <= afterSeq ? 'finished' : 'readable'
}

/**
 * Reads all events after `afterSeq`: first the stored ones, then new ones. The last event is always a terminal one. If the
 * producer is lost, the reader itself adds an `error` event with `producer-lost`.
 */
export function readStoredRun(run: RunKey, afterSeq: number, options: StoredReaderOptions): RunReader {
  const { hold, onClose } = options
  const controller = new AbortController()
  const handoff = createHandoff((event: ChatEvent) => event)
  let acknowledged = -1
  let begun = false
  let over = false

  function finish(): void {
    if (over) return
    over = true
    hold?.release()
    onClose?.()
  }

  const emit: Emit<ChatEvent> = (event) => {
    controller.signal.throwIfAborted()
    return handoff.put(event)
  }

  async function begin(): Promise<void> {
    begun = true
    try {
      await follow(run, {
        ...options,
        afterSeq,
        emit,
        signal: controller.signal,
        onRead: (seq) => (acknowledged = seq),
      })
      handoff.close()
    } catch (thrown) {
      handoff.fail(thrown)
    }
    finish()
  }

  const events: AsyncIterator<ChatEvent, undefined> = {
    next() {
      if (!begun) void begin()
      return handoff.take()
    },
    return() {
      const reason = new DOMException('The reader of the run has left', 'AbortError')
      handoff.close()
      handoff.drop(reason)
      controller.abort(reason)
      finish()
      return Promise.resolve(DONE)
    },
  }
  return createRunReader(events, () => acknowledged)
}

interface FollowOptions extends StoredReaderOptions {
  readonly afterSeq: number
  readonly emit: Emit<ChatEvent>
  readonly onRead: (seq: number) => void
  readonly signal: AbortSignal
}

/** Reads the log from its start, because a failure includes the whole answer. Emits only the events after `afterSeq`. */
async function follow(run: RunKey, options: FollowOptions): Promise<void> {
  const { store, afterSeq, emit, onRead, hold, signal } = options
  const running = createRunningResult()
  const change = createChangeSignal(options)
  const unwatch = store.watch(run, change.notify)
  const absence = createAbsence(options)
  let lastRead = -1

  // Its `seq` follows the position of the reader, which may be after the last stored event.
  async function endWith(code: ErrorCode): Promise<void> {
    const failure = running.failure(code)
    await emit({ ...failure, seq: Math.max(failure.seq, afterSeq + 1) })
  }

  try {
    for (;;) {
      const page = await readPersistently(run, lastRead, options)
      if (page === 'unavailable') return await endWith('store-unavailable')
      if (page && isCut(page, Math.max(lastRead, afterSeq))) return await endWith('run-expired')
      const pageBytes = bytesOf(page)
      hold?.add(pageBytes)
      for (const event of page?.events ?? []) {
        const isLast = isTerminalEvent(event)
        running.add(event)
        hold?.add(textBytes(event))
        lastRead = event.seq
        onRead(lastRead)
        // Every reader gets the terminal event, even if its position is after it.
        if (lastRead > afterSeq || isLast) await emit(event)
        if (isLast) return
      }
      hold?.add(-pageBytes)
      if (page && page.lastSeq > lastRead) continue
      const waitMs = absence.waitMs(page, lastRead)
      if (waitMs === 'ended') return await endWith(page ? 'producer-lost' : 'run-expired')
      await change.wait(signal, waitMs)
    }
  } finally {
    unwatch()
  }
}

function bytesOf(page: RunPage | undefined): number {
  return (page?.events ?? []).reduce((bytes, event) => bytes + eventBytes(event), 0)
}

/** Decides how long a reader waits for a run that is lost or missing in the store. */
function createAbsence({ clock, pollMs, patienceMs }: StoredRunOptions) {
  let seenAt = -Infinity
  let awaySince: number | undefined
  let hasTime = false

  /** Returns the wait before the next read, or `ended` if the run will not continue. */
  function waitMs(page: RunPage | undefined, lastRead: number): number | 'ended' {
    const now = clock.now()
    if (page?.state === 'running') {
      seenAt = now
      awaySince = undefined
      return pollMs
    }
    if (page?.state === 'ended') return 'ended'
    // If this reader could not reach the store either, the store was down and the producer could not renew its lease.
    if (awaySince === undefined) hasTime = now - seenAt > 2 * pollMs
    awaySince ??= now
    const awayMs = now - awaySince
    // A rejected run is deleted when it has only its `start` event; it does not come back.
    if (!page) return lastRead > 0 && awayMs < patienceMs ? pollMs : 'ended'
    return hasTime && awayMs < RENEW_MS ? RETRY_MS : 'ended'
  }

  return { waitMs }
}

/** Reads a page; retries for at most `patienceMs` if the store fails. */
async function readPersistently(
  run: RunKey,
  lastRead: number,
  options: FollowOptions,
): Promise<RunPage | undefined | 'unavailable'> {
  const { clock, patienceMs, signal, onError } = options
  const giveUpAt = clock.now() + patienceMs
  for (;;) {
    try {
      return await readPage(run, { ...options, afterSeq: lastRead, limit: PAGE_EVENTS })
    } catch (thrown) {
      signal.throwIfAborted()
      if (clock.now() + RETRY_MS >= giveUpAt) {
        callHook(onError, toChatError(thrown))
        return 'unavailable'
      }
      await delay(RETRY_MS, { clock, signal })
    }
  }
}

interface PageOptions extends StoredRunOptions {
  readonly afterSeq: number
  readonly limit: number
  readonly signal: AbortSignal
}

function readPage(run: RunKey, options: PageOptions): Promise<RunPage | undefined> {
  const { store, afterSeq, limit } = options
  return callStore((signal) => store.read(run, { afterSeq, limit, signal }), options, options.signal)
}

/** Returns true if events after a position were dropped from the store. */
function isCut(page: RunPage, afterSeq: number): boolean {
  return page.firstSeq > afterSeq + 1
}
