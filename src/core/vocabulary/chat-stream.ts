import { isChatError, type ChatError } from './chat-error.ts'
import type { ChatEvent } from './events.ts'

/** The events of one run, for one reader. */
export interface ChatStream extends AsyncIterable<ChatEvent> {
  /**
   * The failure behind the `error` event, with its cause. No event has a cause, so that it stays on the server.
   * `undefined` until that event is read, and for a run that does not fail.
   */
  readonly error: ChatError | undefined
}

/** Returns the failure of a stream, if it is a {@link ChatStream} that has failed. */
export function errorOfStream(stream: AsyncIterable<ChatEvent>): ChatError | undefined {
  return 'error' in stream && isChatError(stream.error) ? stream.error : undefined
}
