import type { Readable } from 'node:stream'

/** The source of a response body, with one reader. */
export interface BodySource {
  /** Resolves with all bytes that have arrived since the last read, or with `done`. */
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>
  /** Closes the connection, without an error. */
  cancel(): void
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

const END = Object.freeze({ done: true as const })

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
  let wake: (() => void) | undefined

  function notify(): void {
    const call = wake
    wake = undefined
    call?.()
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

  /** Takes everything that has arrived. */
  function take(): { readonly done: boolean; readonly value?: Uint8Array } {
    const [first] = waiting
    if (first) {
      const value = waiting.length === 1 ? first : Buffer.concat(waiting, waitingBytes)
      drop()
      if (isPaused) {
        isPaused = false
        stream.resume()
      }
      return { done: false, value }
    }
    if (failure) throw failure.reason
    return END
  }

  function sleep(resolve: (value?: undefined) => void): void {
    wake = resolve
  }

  stream.on('data', (bytes: Uint8Array) => {
    if (isOver) return
    waiting.push(bytes)
    waitingBytes += bytes.length
    if (waitingBytes >= MOST_WAITING_BYTES && !isPaused) {
      isPaused = true
      stream.pause()
    }
    // A read that is resolved now goes on after all chunks of this turn, and takes them together.
    if (wake) notify()
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
    read() {
      if (waiting.length > 0 || isOver) {
        try {
          return Promise.resolve(take())
        } catch (reason) {
          return Promise.reject(reason)
        }
      }
      return new Promise(sleep).then(take)
    },
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
