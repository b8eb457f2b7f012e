import type { Readable } from 'node:stream'
import { DONE } from '../../core/async/iterators.ts'
import type { PullReader } from '../../core/async/pull.ts'
import { readByPull, type ByteReader } from '../../core/async/byte-reader.ts'

/** The source of a response body, with one reader. A read gets all bytes that have arrived since the last one. */
export interface BodySource extends ByteReader {
  /** Ends the body with an error, and closes the connection; without effect after the end. */
  fail(reason: unknown): void
}

/** The options of {@link createBodySource}. */
export interface BodySourceOptions {
  /** The response; destroyed with the stream if the body is not read to its end. */
  readonly response: Readable
  /** Called when the stream has closed. */
  onClose(): void
}

/** A body with its state. Its functions are shared, because every open stream has a body. */
interface OpenBody extends BodySource {
  readonly stream: Readable
  readonly response: Readable
  onClose(this: void): void
  /** The chunks that wait for the reader. */
  waiting: Uint8Array[] | undefined
  waitingBytes: number
  isPaused: boolean
  isOver: boolean
  failure: { readonly reason: unknown } | undefined
  /** The pending read. */
  reader: PullReader<Uint8Array> | undefined
  /** True if the pending read is answered at the end of this turn. */
  isDue: boolean
  answer(this: void): void
}

/** Maximum number of bytes that wait for the reader; one more chunk of the connection may come on top. */
const MOST_WAITING_BYTES = 64 * 1024

/**
 * Reads a stream of Node with a bounded queue: what has arrived since the last read is read as one piece, and a reader that
 * does not read stops the connection. A reader that keeps up never pauses it, because every pause costs two system calls.
 */
export function createBodySource(stream: Readable, { response, onClose }: BodySourceOptions): BodySource {
  const body: OpenBody = {
    stream,
    response,
    onClose,
    waiting: undefined,
    waitingBytes: 0,
    isPaused: false,
    isOver: false,
    failure: undefined,
    reader: undefined,
    isDue: false,
    answer: () => answer(body),
    read: readByPull,
    pull,
    cancel,
    fail,
  }
  stream.on('data', (bytes: Uint8Array) => add(body, bytes))
  // Not `once`, which holds more memory for each listener while the stream is open.
  stream.on('end', () => {
    body.isOver = true
    answerSoon(body)
  })
  stream.on('error', (thrown) => body.fail(terminated(thrown)))
  stream.on('close', () => {
    // A stream that is destroyed without an error has no other event.
    if (!body.isOver) body.fail(terminated(undefined))
    body.onClose()
  })
  return body
}

function pull(this: OpenBody, next: PullReader<Uint8Array>): void {
  if (this.waiting || this.isOver) give(this, next)
  else this.reader = next
}

function cancel(this: OpenBody): void {
  drop(this)
  if (this.isOver) return
  this.isOver = true
  destroy(this)
  answerSoon(this)
}

function fail(this: OpenBody, reason: unknown): void {
  if (this.isOver) return
  this.isOver = true
  this.failure = { reason }
  drop(this)
  destroy(this)
  answerSoon(this)
}

function add(body: OpenBody, bytes: Uint8Array): void {
  if (body.isOver) return
  // Most reads get one chunk: an empty array that grows would allocate space for many.
  if (body.waiting) body.waiting.push(bytes)
  else body.waiting = [bytes]
  body.waitingBytes += bytes.length
  if (body.waitingBytes >= MOST_WAITING_BYTES && !body.isPaused) {
    body.isPaused = true
    body.stream.pause()
  }
  answerSoon(body)
}

/** Gives everything that has arrived. */
function give(body: OpenBody, next: PullReader<Uint8Array>): void {
  const { waiting, waitingBytes, failure } = body
  if (!waiting) return failure ? next.onFailure(failure.reason) : next.onResult(DONE)
  drop(body)
  if (body.isPaused) {
    body.isPaused = false
    body.stream.resume()
  }
  const [first] = waiting
  const value = first && waiting.length === 1 ? first : Buffer.concat(waiting, waitingBytes)
  next.onResult({ value, done: false })
}

function drop(body: OpenBody): void {
  body.waiting = undefined
  body.waitingBytes = 0
}

function destroy({ stream, response }: OpenBody): void {
  stream.destroy()
  response.destroy()
}

// The error of a body that `fetch` has, too.
function terminated(cause: unknown): TypeError {
  return new TypeError('terminated', { cause })
}

const SETTLED = Promise.resolve()

/** Answers the pending read after all chunks of this turn, so that it gets them together. */
function answerSoon(body: OpenBody): void {
  if (!body.reader || body.isDue) return
  body.isDue = true
  void SETTLED.then(body.answer)
}

function answer(body: OpenBody): void {
  const next = body.reader
  body.isDue = false
  body.reader = undefined
  if (next) give(body, next)
}
