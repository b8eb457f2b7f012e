import { createHandoff, type Emit } from '../core/async/handoff.ts'
import { DONE } from '../core/async/iterators.ts'
import { delay } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/clock.ts'
import { toChatError, type ChatError, type ErrorCode } from '../core/errors.ts'
import { isTerminalEvent, type ChatEvent } from '../core/events.ts'
import { callHook } from '../core/hooks.ts'
import { createTally } from '../core/tally.ts'
import { callStore } from './call-store.ts'
import { createChangeSignal } from './change-signal.ts'
import { createRunReader, type RunReader } from './run-log.ts'
import type { RunKey, RunPage, RunStore } from './run-store.ts'

/** How a run is read that another process produces, or has produced. */
export interface StoredRunOptions {
  readonly store: RunStore
  /** How often the store is asked while it tells of nothing, in milliseconds. */
  readonly pollMs: number
  /** How long the store may fail, in milliseconds. */
  readonly storeMs: number
  readonly clock: Clock
  readonly onError: ((error: ChatError) => void) | undefined
}

/** What a reader finds: the run, nothing under this id, a gap after its position, or no more than it has. */
export type StoredRunOutcome =
  | { readonly outcome: 'reading'; readonly reader: RunReader }
  | { readonly outcome: 'unknown' | 'expired' | 'finished' }

const PAGE_EVENTS = 500
const RETRY_MS = 250

/**
 * Opens a reader of everything after `afterSeq`, unless the log says at once that there is nothing to read.
 *
 * @throws ChatError `store-unavailable`; the reason of `signal` when it fires before
 */
export async function openStoredRun(
  run: RunKey,
  afterSeq: number,
  options: StoredRunOptions & { readonly signal: AbortSignal },
): Promise<StoredRunOutcome> {
  const page = await readPage(run, { ...options, afterSeq, limit: 1 })
  if (!page) return { outcome: 'unknown' }
  if (isCut(page, afterSeq)) return { outcome: 'expired' }
  if (page.state === 'ended' && page.lastSeq <= afterSeq) return { outcome: 'finished' }
  return { outcome: 'reading', reader: readStoredRun(run, afterSeq, options) }
}

/**
 * Reads everything after `afterSeq`: what is logged, then what comes. Whatever happens to the log or the store, the last
 * event is a terminal one: a run whose producer is lost ends with `producer-lost`, and that is said by whoever reads it.
 */
export function readStoredRun(run: RunKey, afterSeq: number, options: StoredRunOptions): RunReader {
  const controller = new AbortController()
  const handoff = createHandoff((event: ChatEvent) => event)
  let acknowledged = -1
  let begun = false

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
      return Promise.resolve(DONE)
    },
  }
  return createRunReader(events, () => acknowledged)
}

interface FollowOptions extends StoredRunOptions {
  readonly afterSeq: number
  readonly emit: Emit<ChatEvent>
  readonly onRead: (seq: number) => void
  readonly signal: AbortSignal
}

/** Reads a log from its start, because a failure carries all of the answer, and emits what the reader has not got. */
async function follow(run: RunKey, options: FollowOptions): Promise<void> {
  const { store, afterSeq, emit, onRead, signal } = options
  const tally = createTally()
  const change = createChangeSignal(options)
  const unwatch = store.watch(run, change.notify)
  let lastRead = -1

  // It follows what the reader has, which may be more than was logged.
  async function endWith(code: ErrorCode): Promise<void> {
    const failure = tally.failure(code)
    await emit({ ...failure, seq: Math.max(failure.seq, afterSeq + 1) })
  }

  try {
    for (;;) {
      const page = await readPersistently(run, lastRead, options)
      if (page === 'unavailable') return await endWith('store-unavailable')
      if (!page || isCut(page, Math.max(lastRead, afterSeq))) return await endWith('run-expired')
      for (const event of page.events) {
        const isLast = isTerminalEvent(event)
        tally.add(event)
        lastRead = event.seq
        onRead(lastRead)
        // The end is for everybody, also for who asks for more than there is.
        if (lastRead > afterSeq || isLast) await emit(event)
        if (isLast) return
      }
      if (page.lastSeq > lastRead) continue
      if (page.state !== 'running') return await endWith('producer-lost')
      await change.wait(signal)
    }
  } finally {
    unwatch()
  }
}

/** Reads a page, and asks a store that fails again, for as long as one call may take. */
async function readPersistently(
  run: RunKey,
  lastRead: number,
  options: FollowOptions,
): Promise<RunPage | undefined | 'unavailable'> {
  const { clock, storeMs, signal, onError } = options
  const giveUpAt = clock.now() + storeMs
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

/** Whether events after a position were evicted. */
function isCut(page: RunPage, afterSeq: number): boolean {
  return page.firstSeq > afterSeq + 1
}
