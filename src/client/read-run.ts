import { DONE, toIterator } from '../core/async/iterators.ts'
import { linkSignal } from '../core/async/link-signal.ts'
import { isTerminalEvent, type ChatEvent } from '../core/vocabulary/events.ts'
import type { ReadRunOptions } from './chat-client.ts'
import { ChatClientError, clientError } from './client-error.ts'
import type { ResolvedClientOptions } from './client-options.ts'
import { connect, type ReadEvents } from './connect.ts'
import { inTime } from './in-time.ts'
import { listen } from './listen.ts'
import type { RunPosition } from './run-position.ts'

/** The input of {@link readRun}. */
export interface ReadRunInput extends ReadRunOptions {
  /** The options of the client. */
  readonly client: ResolvedClientOptions
  /** Returns the last event of a run that can no longer be replayed. Throws `error` if its end is not stored. */
  readonly findEnd: (position: RunPosition, error: ChatClientError) => Promise<ChatEvent>
}

/**
 * Reads a run from a position to its end, over as many connections as it takes, and yields each event once. After a
 * break it reads the run by its id. It sends the question again only if the server answers that there is no such run.
 *
 * @throws ChatClientError while it is read, if it cannot go on; the reason of `signal` when it fires
 */
export function readRun(position: RunPosition, input: ReadRunInput): AsyncIterableIterator<ChatEvent, undefined> {
  const { client, signal, onReconnect } = input
  let connection = new AbortController()
  const unlink = linkSignal(signal, (reason) => connection.abort(reason))
  let read: ReadEvents | undefined
  let events: Iterator<ChatEvent> = [].values()
  // Attempts that have failed since the last event.
  let failures = 0
  let ended = position.lastSeq === Infinity

  async function next(): Promise<IteratorResult<ChatEvent, undefined>> {
    while (!ended) {
      const { done, value: event } = events.next()
      if (done) events = (await readMore()).values()
      else if (advance(event)) return { value: event, done: false }
    }
    return DONE
  }

  /** Moves the position. Returns false for an event that has come before. */
  function advance(event: ChatEvent): boolean {
    const isLast = isTerminalEvent(event)
    // The event that reports a dead server may have the `seq` of an event that was sent and lost.
    if (event.seq <= position.lastSeq && !isLast) return false
    // Nothing comes after the last event, also when the run is read again.
    position.lastSeq = isLast ? Infinity : event.seq
    if (event.type === 'start') position.threadId = event.threadId
    failures = 0
    if (isLast) stop()
    return true
  }

  async function readMore(): Promise<readonly ChatEvent[]> {
    const isAsking = !position.isSent
    try {
      read ??= await connect(position, client, connection.signal)
      return await read()
    } catch (thrown) {
      read = undefined
      connection.abort()
      if (ended) return []
      connection = new AbortController()
      return recover(thrown, isAsking).catch((error: unknown) => {
        stop()
        throw error
      })
    }
  }

  /** Prepares the next attempt. Throws if there must be none. */
  async function recover(thrown: unknown, isAsking: boolean): Promise<readonly ChatEvent[]> {
    signal?.throwIfAborted()
    const error = thrown instanceof ChatClientError ? thrown : undefined
    if (error?.code === 'run-expired') {
      if (isAsking || !position.question) return [await input.findEnd(position, error)]
      // The question has not arrived.
      position.isSent = false
    } else if (error && !isPassing(error, isAsking)) throw error
    if (failures >= client.attempts) throw position.question && error ? error : clientError('disconnected')
    failures += 1
    onReconnect?.(failures)
    await backOff(failures, error?.retryAfterMs, connection.signal)
    return []
  }

  function stop(): void {
    ended = true
    unlink()
    connection.abort()
  }

  return toIterator(next, stop)
}

/** Returns true if another attempt may succeed. A refused question is not asked again without the reader. */
function isPassing({ code, status = 0 }: ChatClientError, isAsking: boolean): boolean {
  return code === 'unreachable' || (!isAsking && (status === 429 || status >= 500))
}

const FIRST_MS = 250
const MOST_MS = 8_000
// A server may ask for a day, but a reader would not wait for that.
const LONGEST_WAIT_MS = 60_000

/**
 * Waits a random time below a limit that doubles with each failure ("full jitter"), so that the clients of a server that
 * restarts do not return all at once. It ends early when the device is online again, or when `signal` fires.
 */
async function backOff(failures: number, atLeastMs = 0, signal: AbortSignal): Promise<void> {
  const online = Promise.withResolvers<void>()
  const unlisten = listen('online', online.resolve)
  const ms = Math.min(atLeastMs, LONGEST_WAIT_MS) + Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** failures)
  await inTime(online.promise, ms, signal).catch(() => {})
  unlisten()
}
