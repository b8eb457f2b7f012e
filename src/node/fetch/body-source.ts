import type { Readable } from 'node:stream'
import { DONE } from '../../core/async/iterators.ts'
import { toNext, type PullReader } from '../../core/async/pull.ts'
import type { ByteReader } from '../../encoders/byte-reader.ts'

/** The source of a response body, with one reader. A read gets all bytes that have arrived since the last one. */
export interface BodySource extends ByteReader {
  /** Ends the body with an error, and closes the connection; without effect after the end. */
  fail(reason: unknown): void
}

/** The options of {@link createBodySource}. */
export interface BodySourceOptions {
  /** Closes the connection; called once if the body is not read to its end. */
  destroy(): void
  /** Converts an error of the connection. */
  toError(thrown: unknown): unknown
}

/** Maximum number of bytes that wait for the reader; one more chunk of the connection may come on top. */
const MOST_WAITING_BYTES = 64 * 1024

const SETTLED = Promise.resolve()

/**
 * Reads a stream of Node with a bounded queue: what has arrived since the last read is read as one piece, and a reader that
 * does not read stops the connection. A reader that keeps up never pauses it, because every pause costs two system calls.
 */
export function createBodySource(stream: Readable, { destroy, toError }: BodySourceOptions): BodySource {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let isPaused = false
  let isOver = false
  let failure: { readonly reason: unknown } | undefined
  // The pending read.
  let reader: PullReader<Uint8Array> | undefined
  let isNotified = false

  // The reader gets its bytes after all chunks of this turn, and takes them together.
  function notify(): void {
    if (!reader || isNotified) return
    isNotified = true
    void SETTLED.then(answer)
  }

  function answer(): void {
    isNotified = false
    const next = reader
    reader = undefined
    if (next) give(next)
  }

  function drop(): void {
    waiting = []
    waitingBytes = 0
  }

  function fail(reason: unknown): void {
    if (isOver) return
    isOver = true
    failure = { reason }
    drop()
    destroy()
    notify()
  }

  /** Gives everything that has arrived. */
  function give(next: PullReader<Uint8Array>): void {
    const [first] = waiting
    if (!first) return failure ? next.onFailure(failure.reason) : next.onResult(DONE)
    const value = waiting.length === 1 ? first : Buffer.concat(waiting, waitingBytes)
    drop()
    if (isPaused) {
      isPaused = false
      stream.resume()
    }
    next.onResult({ value, done: false })
  }

  function pull(next: PullReader<Uint8Array>): void {
    if (waiting.length > 0 || isOver) give(next)
    else reader = next
  }

  stream.on('data', (bytes: Uint8Array) => {
    if (isOver) return
    waiting.push(bytes)
    waitingBytes += bytes.length
    if (waitingBytes >= MOST_WAITING_BYTES && !isPaused) {
      isPaused = true
      stream.pause()
    }
    notify()
  })
  stream.once('end', () => {
    isOver = true
    notify()
  })
  stream.on('error', (thrown) => fail(toError(thrown)))
  // A stream that is destroyed without an error has no other event. At a normal end, no error is made.
  stream.once('close', () => {
    if (!isOver) fail(toError(undefined))
  })

  return {
    read: toNext(pull),
    pull,
    cancel() {
      drop()
      if (isOver) return
      isOver = true
      destroy()
      notify()
    },
    fail,
  }
}
