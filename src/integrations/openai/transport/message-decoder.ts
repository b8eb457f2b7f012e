import type { ChatError } from '../../../core/vocabulary/chat-error.ts'
import type { AnswerMessage } from './answer-message.ts'

/** Decodes messages from the pieces of a response, which may be cut anywhere. */
export interface MessageDecoder<Piece> {
  /** Decodes the next piece. */
  feed(piece: Piece): void
  /** Ends the decoding; completes an unfinished message if possible. */
  complete(): void
  /** Returns the messages that were completed since the last call. */
  take(): readonly AnswerMessage[]
  /** Returns the error that ended the decoding. Take the messages before it first. */
  failure(): ChatError | undefined
  /** Returns the start of a body that is not an event stream, for the cause of an error. */
  start(): string | undefined
  /** Returns true if the body is an HTML page, which contains no answer. */
  isPage(): boolean
}

/** Parses the text of a body of one format. */
export type MessageParser = Pick<MessageDecoder<string>, 'feed' | 'complete' | 'take' | 'failure'>

/** No messages. */
export const NO_MESSAGES: readonly AnswerMessage[] = []
