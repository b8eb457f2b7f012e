import { DONE, toIterator } from '../core/async/iterators.ts'
import { linkSignal } from '../core/async/link-signal.ts'
import { isTerminalEvent, type ChatEvent } from '../core/vocabulary/events.ts'
import { waitToReconnect } from './backoff.ts'
import type { ReadRunOptions } from './chat-client.ts'
import { ChatClientError } from './client-error.ts'
import type { ResolvedClientOptions } from './client-options.ts'
import { openRunConnection, type RunConnection, type RunPosition } from './run-connection.ts'

/** What {@link readRun} needs. */
export interface ReadRunInput extends ReadRunOptions {
  /** The options of the client. */
  readonly client: ResolvedClientOptions
  /** Returns the last event of a run that can no longer be replayed; `undefined` if nothing is stored of its end. */
  readonly findEnd: (position: RunPosition) => Promise<ChatEvent | undefined>
}

/**
 * Reads a run from a position to its end, over as many connections as it takes, and yields each event once. After a
 * break it reads the run by its id. It sends the question again only if the server answers that there is no such run.
 *
 * @throws ChatClientError while it is read, if it cannot go on; the reason of `signal` when it fires
 */
export function readRun(position: RunPosition, input: ReadRunInput): AsyncIterableIterator<ChatEvent, undefined> {
  const { client, signal } = input
  // Fires when the reader leaves, also by `return()`.
  const leaving = new AbortController()
  const unlink = linkSignal(signal, (reason) => leaving.abort(reason))
  let connection: RunConnection | undefined
  let events: Iterator<ChatEvent> = [].values()
  // Attempts that failed since the last event.
  let failures = 0
  let ended = false

  async function next(): Promise<IteratorResult<ChatEvent, undefined>> {
    try {
      while (!ended) {
        const { done, value: event } = events.next()
        if (done) events = (await readMore()).values()
        else if (advance(event)) return { value: event, done: false }
      }
      return DONE
    } catch (thrown) {
      // `for await` does not call `return()` after a throw of its iterator.
      stop()
      throw thrown
    }
  }

  /** Moves the position. Returns false for an event that has come before. */
  function advance(event: ChatEvent): boolean {
    const isLast = isTerminalEvent(event)
    // The event that reports a dead server may have the `seq` of an event that was sent and lost.
    if (event.seq <= position.lastSeq && !isLast) return false
    position.lastSeq = event.seq
    if (event.type === 'start') position.threadId ??= event.threadId
    failures = 0
    if (isLast) stop()
    return true
  }

  async function readMore(): Promise<readonly ChatEvent[]> {
    connection ??= openRunConnection(position, { client, signal: leaving.signal })
    const { isAsking } = connection
    try {
      return await connection.read()
    } catch (thrown) {
      connection.close()
      connection = undefined
      signal?.throwIfAborted()
      return ended ? [] : recover(thrown, isAsking)
    }
  }

  async function recover(thrown: unknown, isAsking: boolean): Promise<readonly ChatEvent[]> {
    const error = thrown instanceof ChatClientError ? thrown : undefined
    if (error?.code === 'run-expired' && position.question && !isAsking) {
      // The question has not arrived.
      position.isSent = false
    } else if (error?.code === 'run-expired') {
      const end = await input.findEnd(position)
      if (end) return [end]
      throw error
    } else if (error && !isPassing(error, isAsking)) throw error
    await reconnect(error)
    return []
  }

  async function reconnect(error: ChatClientError | undefined): Promise<void> {
    if (failures >= client.attempts) throw position.question && error ? error : disconnected()
    input.onReconnect?.(failures + 1)
    const atLeastMs = error?.retryAfterMs ?? position.retryMs ?? 0
    await waitToReconnect({ failures, atLeastMs, clock: client.clock, signal: leaving.signal }).catch(() => {
      signal?.throwIfAborted()
    })
    failures += 1
  }

  function stop(): void {
    ended = true
    unlink()
    connection?.close()
    leaving.abort()
  }

  return toIterator(next, stop)
}

/** Returns true if another attempt may succeed. A refused question is not asked again without the reader. */
function isPassing({ code, status = 0 }: ChatClientError, isAsking: boolean): boolean {
  return code === 'unreachable' || (!isAsking && (status === 429 || status >= 500))
}

function disconnected(): ChatClientError {
  const message = 'The connection broke before the answer was complete'
  return new ChatClientError({ code: 'disconnected', message, retryable: true })
}
