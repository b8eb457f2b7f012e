import { createHandoff, type Emit } from '../core/async/handoff.ts'
import { DONE } from '../core/async/iterators.ts'
import { delay } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/async/clock.ts'
import { toChatError, type ChatError } from '../core/vocabulary/chat-error.ts'
import type { ErrorCode } from '../core/vocabulary/error-codes.ts'
import { isTerminalEvent, type ChatEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/hooks.ts'
import { createRunningResult } from '../core/vocabulary/running-result.ts'
import { eventBytes, textBytes, type Hold } from './buffer-meter.ts'
import { callStore } from './call-store.ts'
import { createChangeSignal } from './change-signal.ts'
import { createRunReader, type RunReader } from './run-log.ts'
import type { RunKey, RunPage, RunStore } from './run-store.ts'

/** How a run is read that another process produces, or has produced. */
export interface StoredRunOptions {
  readonly store: RunStore
  /** How often the store is asked while it tells of nothing, in milliseconds. */
  readonly pollMs: number
  /** For each call to the store, in milliseconds. */
  readonly storeMs: number
  /**
   * How long a reader waits for a store that fails, and for a run that the store has forgotten to be registered again, in
   * milliseconds.
   */
  readonly patienceMs: number
  readonly clock: Clock
  readonly onError: ((error: ChatError) => void) | undefined
}

/** Options for opening a reader of a run. */
export interface StoredReaderOptions extends StoredRunOptions {
  /** Counts what the reader holds, until it is over. */
  readonly hold?: Hold
  /** Called once: when the reader leaves, or is through. */
  readonly onOver?: () => void
}

/** What a reader finds: the run, nothing under this id, a gap after its position, or no more than it has. */
export type StoredRunOutcome =
  | { readonly outcome: 'reading'; readonly reader: RunReader }
  | { readonly outcome: 'unknown' | 'expired' | 'finished' }

const PAGE_EVENTS = 500
const RETRY_MS = 250
// A producer that was cut off from the store takes its lease back with its next write.
const TAKE_BACK_MS = 1_000

/** True if there is something to read. */
export type FoundRun = 'readable' | Exclude<StoredRunOutcome['outcome'], 'reading'>

/**
 * Looks whether there is something to read after `afterSeq`.
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
 * Reads everything after `afterSeq`: what is logged, then what comes. Whatever happens to the log or the store, the last
 * event is a terminal one: a run whose producer is lost ends with `producer-lost`, and that is said by whoever reads it.
 */
export function readStoredRun(run: RunKey, afterSeq: number, options: StoredReaderOptions): RunReader {
  const { hold, onOver } = options
  const controller = new AbortController()
  const handoff = createHandoff((event: ChatEvent) => event)
  let acknowledged = -1
  let begun = false
  let over = false

  function finish(): void {
    if (over) return
    over = true
    hold?.release()
    onOver?.()
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

/** Reads a log from its start, because a failure carries all of the answer, and emits what the reader has not got. */
async function follow(run: RunKey, options: FollowOptions): Promise<void> {
  const { store, afterSeq, emit, onRead, hold, signal } = options
  const running = createRunningResult()
  const change = createChangeSignal(options)
  const unwatch = store.watch(run, change.notify)
  const absence = createAbsence(options)
  let lastRead = -1

  // It follows what the reader has, which may be more than was logged.
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
        // The end is for everybody, also for who asks for more than there is.
        if (lastRead > afterSeq || isLast) await emit(event)
        if (isLast) return
      }
      hold?.add(-pageBytes)
      if (page && page.lastSeq > lastRead) continue
      const waitMs = absence.waitMs(page, lastRead)
      if (waitMs === 'over') return await endWith(page ? 'producer-lost' : 'run-expired')
      await change.wait(signal, waitMs)
    }
  } finally {
    unwatch()
  }
}

function bytesOf(page: RunPage | undefined): number {
  return (page?.events ?? []).reduce((bytes, event) => bytes + eventBytes(event), 0)
}

/** Decides how long a run may be away from the store before its reader is told that it is gone. */
function createAbsence({ clock, pollMs, patienceMs }: StoredRunOptions) {
  let seenAt = -Infinity
  let awaySince: number | undefined
  let hasTime = false

  /** The wait before the next look; `over` if the run does not come back. */
  function waitMs(page: RunPage | undefined, lastRead: number): number | 'over' {
    const now = clock.now()
    if (page?.state === 'running') {
      seenAt = now
      awaySince = undefined
      return pollMs
    }
    if (page?.state === 'ended') return 'over'
    // A store that was away, too, may have kept the producer from its renewal.
    if (awaySince === undefined) hasTime = now - seenAt > 2 * pollMs
    awaySince ??= now
    const awayMs = now - awaySince
    // A run that was refused is forgotten before it has said more than its start, and does not come back.
    if (!page) return lastRead > 0 && awayMs < patienceMs ? pollMs : 'over'
    return hasTime && awayMs < TAKE_BACK_MS ? RETRY_MS : 'over'
  }

  return { waitMs }
}

/** Reads a page, and asks a store that fails again, for as long as `patienceMs`. */
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

/** True if events after a position were evicted. */
function isCut(page: RunPage, afterSeq: number): boolean {
  return page.firstSeq > afterSeq + 1
}
