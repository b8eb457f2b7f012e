import type { Readable } from 'node:stream'
import { DONE } from '../core/async/iterators.ts'
import { readByPull, type ByteReader } from '../core/async/byte-reader.ts'
import type { PullReader } from '../core/async/pull.ts'

/** The body of a request. */
export type RequestBody = Readable & {
  /** True if the client has broken the connection. `node:http2` then ends the body as if it were complete. */
  readonly aborted?: boolean
}

// After each of these, a pending read may have a result.
const EVENTS = ['readable', 'end', 'error', 'aborted', 'close'] as const

/**
 * Creates the reader of the body of a request. It leaves the request open, because destroying it would also close the
 * connection, before the error answer is sent. It has fewer listeners and promises than the iterator of Node.
 */
export function createRequestReader(request: RequestBody): ByteReader {
  let waiting: PullReader<Uint8Array> | undefined
  let isListening = false
  let isOver = false
  let failure: { readonly reason: unknown } | undefined

  function listen(): void {
    if (isListening) return
    isListening = true
    for (const event of EVENTS) request.on(event, answer)
  }

  /** Removes the listeners: with one for `readable`, the server could not discard the rest of the body. */
  function finish(): void {
    isOver = true
    for (const event of EVENTS) request.off(event, answer)
  }

  function answer(): void {
    const reader = waiting
    if (!reader) return
    const isBroken = request.aborted === true || request.destroyed
    const chunk: Uint8Array | null = isOver || isBroken ? null : request.read()
    const isComplete = request.readableEnded && request.aborted !== true
    if (!chunk && !isOver && !isBroken && !isComplete) return listen()
    waiting = undefined
    if (chunk) return reader.onResult({ value: chunk, done: false })
    if (!isOver && !isComplete) failure = { reason: request.errored ?? new Error('The connection broke') }
    finish()
    if (failure) reader.onFailure(failure.reason)
    else reader.onResult(DONE)
  }

  return {
    read: readByPull,
    pull(reader) {
      waiting = reader
      answer()
    },
    cancel() {
      finish()
      answer()
    },
  }
}
