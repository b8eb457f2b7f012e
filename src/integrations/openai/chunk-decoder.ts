import type { ChunkMessage } from './openai-chunk.ts'
import type { ChatError } from '../../core/vocabulary/chat-error.ts'

/** Makes chunks of the pieces of a response, wherever they were cut. */
export interface ChunkDecoder<Piece> {
  feed(piece: Piece): void
  /** Completes what the end cut off. */
  complete(): void
  /** The chunks that have become whole since the last call. */
  take(): readonly ChunkMessage[]
  /** The error after which nothing can be read. Chunks that came before it are taken first. */
  readonly failure: ChatError | undefined
  /** The start of a body that is no event stream: the cause of an error that it leads to. */
  readonly start: string | undefined
  /** True if the body is a page: nothing that follows can be an answer. */
  readonly isPage: boolean
}
