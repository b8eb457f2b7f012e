import { askToReturn, DONE } from '../../../core/async/iterators.ts'
import { linkSignal } from '../../../core/async/link-signal.ts'
import { toPull, type PullReader } from '../../../core/async/pull.ts'
import { createByteReader, type PieceReader } from '../../../core/async/byte-reader.ts'
import { createBodyDecoder } from './body-decoder.ts'
import { NO_MESSAGES, type MessageDecoder } from './message-decoder.ts'
import { createParsedDecoder } from './parsed-decoder.ts'
import type { OpenedAnswer } from './open-answer.ts'
import type { AnswerMessage } from './answer-message.ts'
import { START_OF_BODY } from '../../upstream/openai-error.ts'
import { readRest } from '../../upstream/read-rest.ts'

/** Sends the request; called by the first read. */
export type OpenAnswer = (signal: AbortSignal) => Promise<OpenedAnswer>

/** The options for reading an answer. */
export interface AnswerSourceOptions {
  /** Aborts the request. */
  readonly signal: AbortSignal
  /** Maximum number of characters of one event. */
  readonly maxEventBytes: number
}

/** A piece of the response: bytes, or a parsed chunk. */
export type Piece = IteratorResult<unknown, undefined>

/** The source of the messages of one answer. The first read sends the request. */
export interface AnswerSource {
  /** Decodes the pieces; undefined until the response has begun. */
  readonly decoder: MessageDecoder<unknown> | undefined
  /** True if the client parses the chunks and throws its own errors. */
  readonly isParsed: boolean
  /** Reads the next piece of the response, and calls the reader with it. */
  pull(reader: PullReader<unknown>): void
  /** Decodes a piece; returns the messages that it completed. */
  accept(piece: Piece): readonly AnswerMessage[]
  /** Reads the start of a page for the cause of an error, for a limited time. */
  readStart(): Promise<void>
  /** Ends reading after the last event. The connection is reused if the server ends the response soon. */
  release(): void
  /** Cancels the request in any state. */
  cancel(): void
}

/** A source with its state. Its functions are shared, because every open stream has a source. */
interface OpenSource extends AnswerSource {
  readonly signal: AbortSignal
  readonly maxEventBytes: number
  /** A signal for this call only: some versions of the client never remove their listeners. */
  readonly controller: AbortController
  /** Undefined once the response has begun, because it holds the prompt. */
  open: OpenAnswer | undefined
  unlink: (() => void) | undefined
  pieces: PieceReader<unknown> | undefined
  decoder: MessageDecoder<unknown> | undefined
  isParsed: boolean
}

/** Creates the source of one answer, without sending the request. */
export function createAnswerSource(open: OpenAnswer, { signal, maxEventBytes }: AnswerSourceOptions): AnswerSource {
  const source: OpenSource = {
    signal,
    maxEventBytes,
    controller: new AbortController(),
    open,
    unlink: undefined,
    pieces: undefined,
    decoder: undefined,
    isParsed: false,
    pull,
    accept,
    readStart,
    release,
    cancel,
  }
  return source
}

function pull(this: OpenSource, reader: PullReader<unknown>): void {
  if (this.pieces) this.pieces.pull(reader)
  else void pullFirst(this, reader)
}

async function pullFirst(source: OpenSource, reader: PullReader<unknown>): Promise<void> {
  let pieces
  try {
    pieces = await startReading(source)
  } catch (thrown) {
    return reader.onFailure(thrown)
  }
  pieces.pull(reader)
}

async function startReading(source: OpenSource): Promise<PieceReader<unknown>> {
  const { controller } = source
  source.unlink = linkSignal(source.signal, (reason) => controller.abort(reason))
  if (!source.open) throw new TypeError('Cannot send the request of an answer twice')
  const opened = await source.open(controller.signal)
  source.open = undefined
  source.isParsed = opened.type === 'chunks'
  source.decoder = opened.type === 'chunks' ? createParsedDecoder() : createBodyDecoder(source.maxEventBytes)
  const pieces = opened.type === 'chunks' ? toPieces(opened) : createByteReader(opened.body)
  source.pieces = pieces
  // A client that ignores its signal returns a response although the request was aborted.
  if (controller.signal.aborted) pieces.cancel()
  return pieces
}

function accept(this: OpenSource, { done, value }: Piece): readonly AnswerMessage[] {
  const { decoder } = this
  if (!decoder) return NO_MESSAGES
  if (value !== undefined) decoder.feed(value)
  if (done) decoder.complete()
  return decoder.take()
}

async function readStart(this: OpenSource): Promise<void> {
  const { pieces, decoder } = this
  if (!pieces || !decoder) return
  await readRest({ read: () => pieces.read(), cancel: () => this.cancel() }, ({ done, value }) => {
    if (value !== undefined) decoder.feed(value)
    return !done && (decoder.start()?.length ?? 0) < START_OF_BODY
  })
}

function release(this: OpenSource): void {
  const { pieces } = this
  this.unlink?.()
  if (pieces) void readRest({ read: () => pieces.read(), cancel: () => this.cancel() }, ({ done }) => !done)
}

function cancel(this: OpenSource): void {
  this.unlink?.()
  this.pieces?.cancel()
  this.controller.abort(new DOMException('The reader of the model has left', 'AbortError'))
}

function toPieces(opened: Extract<OpenedAnswer, { readonly type: 'chunks' }>): PieceReader<unknown> {
  const iterator = opened.chunks[Symbol.asyncIterator]()
  async function read(): Promise<Piece> {
    const { done = false, value } = await iterator.next()
    return done ? DONE : { done, value: value ?? null }
  }
  return {
    read,
    pull: toPull(read),
    cancel() {
      opened.stop()
      askToReturn(iterator)
    },
  }
}
