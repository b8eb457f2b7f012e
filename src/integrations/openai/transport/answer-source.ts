import { askToReturn, DONE } from '../../../core/async/iterators.ts'
import { linkSignal } from '../../../core/async/link-signal.ts'
import { toNext, toPull, type PullReader } from '../../../core/async/pull.ts'
import { releasable } from '../../../core/async/releasable.ts'
import { createByteReader } from '../../../encoders/byte-reader.ts'
import { createBodyDecoder } from './body-decoder.ts'
import type { MessageDecoder } from './message-decoder.ts'
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
export interface AnswerSource extends Omit<MessageDecoder<unknown>, 'feed' | 'complete' | 'take'> {
  /** Reads the next piece of the response, and calls the reader with it. */
  pull(reader: PullReader<unknown>): void
  /** Decodes a piece; returns the messages that it completed. */
  accept(piece: Piece): readonly AnswerMessage[]
  /** Reads the start of a page for the cause of an error, for a limited time. */
  readStart(): Promise<void>
  /** Returns true if the client parses the chunks and throws its own errors. */
  isParsed(): boolean
  /** Ends reading after the last event. The connection is reused if the server ends the response soon. */
  release(): void
  /** Cancels the request in any state. */
  cancel(): void
}

interface Reading {
  readonly decoder: MessageDecoder<unknown>
  pull(reader: PullReader<unknown>): void
  cancel(): void
}

/** Creates the source of one answer, without sending the request. */
export function createAnswerSource(open: OpenAnswer, options: AnswerSourceOptions): AnswerSource {
  // A signal for this call only: some versions of the client never remove their listeners.
  const controller = new AbortController()
  const request = releasable(open)
  let unlink = (): void => {}
  let reading: Reading | undefined
  let isParsed = false

  async function startReading(): Promise<Reading> {
    unlink = linkSignal(options.signal, (reason) => controller.abort(reason))
    const opened = await request.call(controller.signal)
    request.release()
    isParsed = opened.type === 'chunks'
    reading = toReading(opened, options)
    // A client that ignores its signal returns a response although the request was aborted.
    if (controller.signal.aborted) reading.cancel()
    return reading
  }

  function cancel(): void {
    unlink()
    reading?.cancel()
    controller.abort(new DOMException('The reader of the model has left', 'AbortError'))
  }

  return {
    pull(reader) {
      if (reading) reading.pull(reader)
      else startReading().then((started) => started.pull(reader), reader.onFailure)
    },
    accept({ done, value }) {
      if (!reading) return []
      const { decoder } = reading
      if (value !== undefined) decoder.feed(value)
      if (done) decoder.complete()
      return decoder.take()
    },
    failure: () => reading?.decoder.failure(),
    start: () => reading?.decoder.start(),
    isPage: () => reading?.decoder.isPage() ?? false,
    isParsed: () => isParsed,
    async readStart() {
      if (!reading) return
      const { decoder } = reading
      await readRest({ read: toNext(reading.pull), cancel }, ({ done, value }) => {
        if (value !== undefined) decoder.feed(value)
        return !done && (decoder.start()?.length ?? 0) < START_OF_BODY
      })
    },
    release() {
      unlink()
      if (reading) void readRest({ read: toNext(reading.pull), cancel }, ({ done }) => !done)
    },
    cancel,
  }
}

function toReading(opened: OpenedAnswer, options: AnswerSourceOptions): Reading {
  if (opened.type === 'bytes') {
    const { pull, cancel } = createByteReader(opened.body)
    return { decoder: createBodyDecoder(options) as MessageDecoder<unknown>, pull, cancel }
  }
  const iterator = opened.chunks[Symbol.asyncIterator]()
  return {
    decoder: createParsedDecoder(),
    pull: toPull(async () => {
      const { done = false, value } = await iterator.next()
      return done ? DONE : { done, value: value ?? null }
    }),
    cancel() {
      opened.stop()
      askToReturn(iterator)
    },
  }
}
