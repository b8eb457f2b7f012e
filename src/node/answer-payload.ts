import { Readable } from 'node:stream'
import { discardAnswer, type ResponseAnswer, type StreamAnswer } from '../http/chat-answer.ts'
import { pulledFrames } from '../sinks/pulled-frames.ts'
import type { NodeServerResponse } from './ask-over-node.ts'
import { sendBody, sendEvents } from './send-answer.ts'

type StreamingAnswer = StreamAnswer | ResponseAnswer

interface Pieces {
  next(): Promise<IteratorResult<string | Uint8Array, unknown>>
  return?(): Promise<unknown>
}

/**
 * An answer as the payload of a framework. A hook may read it like any Node stream, or replace it; otherwise {@link
 * AnswerPayload.sendTo} writes the answer to the response directly.
 */
export class AnswerPayload extends Readable {
  readonly #answer: StreamingAnswer
  #pieces: Pieces | undefined
  #isSent = false

  /** Nothing runs before the first read. */
  constructor(answer: StreamingAnswer) {
    // Its chunks are bytes: `node:http2` does not send every text unchanged, see `node-writer.ts`.
    super({ highWaterMark: 0 })
    this.#answer = answer
  }

  /** Writes the answer to a response, with the status that the response has. */
  async sendTo(response: NodeServerResponse): Promise<void> {
    this.#isSent = true
    if (this.#answer.type === 'stream') await sendEvents(this.#answer.body, response)
    else await sendBody(this.#answer.response.body, response)
  }

  override _read(): void {
    this.#pieces ??= open(this.#answer)
    this.#pieces.next().then(
      ({ done, value }) => this.push(done ? null : value),
      (thrown: unknown) => this.destroy(thrown instanceof Error ? thrown : new Error('The stream failed')),
    )
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#close().then(() => callback(error), callback)
  }

  async #close(): Promise<void> {
    if (this.#isSent) return
    if (this.#pieces) await this.#pieces.return?.()
    else await discardAnswer(this.#answer)
  }
}

function open(answer: StreamingAnswer): Pieces {
  if (answer.type === 'response') return (answer.response.body ?? new ReadableStream())[Symbol.asyncIterator]()
  const { events, dialect, options } = answer.body
  // The signal is not needed, because the payload is destroyed when the client leaves.
  const { signal: _signal, ...rest } = options
  return pulledFrames(events, { ...rest, dialect })
}
