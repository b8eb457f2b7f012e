import type { Readable } from 'node:stream'
import { DONE } from '../core/async/iterators.ts'
import { readByPull, type ByteReader } from '../core/async/byte-reader.ts'
import type { PullReader } from '../core/async/pull.ts'

// After each of these, a pending read may have a result.
const EVENTS = ['readable', 'end', 'error', 'close'] as const

/**
 * Creates the reader of the body of a request. It leaves the request open, because destroying it would also close the
 * connection, before the error answer is sent. It has fewer listeners and promises than the iterator of Node.
 */
export function createRequestReader(request: Readable): ByteReader {
  let waiting: PullReader<Uint8Array> | undefined
  let isListening = false
  let isOver = false

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
    const chunk: Uint8Array | null = isOver || request.destroyed ? null : request.read()
    const ended = isOver || request.readableEnded
    if (!chunk && !ended && !request.destroyed) return listen()
    waiting = undefined
    if (chunk) return reader.onResult({ value: chunk, done: false })
    finish()
    if (ended) reader.onResult(DONE)
    else reader.onFailure(request.errored ?? new Error('The connection broke'))
  }

  return {
    read: readByPull,
    pull(reader) {
      waiting = reader
      answer()
    },
    cancel: finish,
  }
}
