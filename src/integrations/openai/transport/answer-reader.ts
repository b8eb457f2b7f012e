import type { ChatModelEvent } from '../../../core/vocabulary/chat-model.ts'
import type { AnswerMessage } from './answer-message.ts'

/** Converts the messages of one answer to events. Each API has its own reader. */
export interface AnswerReader {
  /** Returns the event of a message, if it has one. */
  read(message: AnswerMessage): ChatModelEvent | undefined
  /** True if the model has sent a finish reason. */
  readonly finished: boolean
  /** True if nothing that is needed can follow, so that the end of the stream is not waited for. */
  readonly isOver: boolean
  /** True if the model has sent any content. */
  readonly spoken: boolean
  /** True if the end marker `[DONE]` ends an answer that has no finish reason. */
  readonly trustsEndMarker: boolean
  /** Returns the last events: held text, then `finish` with reason and usage. */
  finish(): readonly ChatModelEvent[]
}
