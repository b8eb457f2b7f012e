import type { AnswerMessage } from './answer-message.ts'
import type { MessageDecoder } from './message-decoder.ts'

/** Creates a decoder for messages that the client has parsed. */
export function createParsedDecoder(): MessageDecoder<unknown> {
  let messages: AnswerMessage[] = []
  return {
    feed(data) {
      messages = [{ data }]
    },
    complete() {},
    take() {
      const taken = messages
      messages = []
      return taken
    },
    failure: () => undefined,
    start: () => undefined,
    isPage: () => false,
  }
}
