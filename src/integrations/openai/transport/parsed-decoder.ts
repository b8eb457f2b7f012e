import type { AnswerMessage } from './answer-message.ts'
import { NO_MESSAGES, type MessageDecoder } from './message-decoder.ts'

/** Creates a decoder for messages that the client has parsed. */
export function createParsedDecoder(): MessageDecoder<unknown> {
  let messages: readonly AnswerMessage[] = NO_MESSAGES
  return {
    feed(data) {
      messages = [{ data }]
    },
    complete() {},
    take() {
      const taken = messages
      messages = NO_MESSAGES
      return taken
    },
    failure: () => undefined,
    start: () => undefined,
    isPage: () => false,
  }
}
