import type { ChunkMessage } from './openai-chunk.ts'
import type { ChatError } from '../../core/vocabulary/chat-error.ts'

/** Decodes chunks from the pieces of a response, which may be cut anywhere. */
export interface ChunkDecoder<Piece> {
  /** Decodes the next piece. */
  feed(piece: Piece): void
  /** Ends the decoding; completes an unfinished chunk if possible. */
  complete(): void
  /** Returns the chunks that were completed since the last call. */
  take(): readonly ChunkMessage[]
  /** The error that ended the decoding. Take the chunks before it first. */
  readonly failure: ChatError | undefined
  /** The start of a body that is not an event stream, for the cause of an error. */
  readonly start: string | undefined
  /** True if the body is an HTML page, which contains no answer. */
  readonly isPage: boolean
}
