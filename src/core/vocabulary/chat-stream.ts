import { isChatError, type ChatError } from './chat-error.ts'
import type { ChatEvent } from './events.ts'

/** The events of one run, for one reader. */
export interface ChatStream extends AsyncIterable<ChatEvent> {
  /**
   * The failure that the `error` event stands for, with its cause: it stays on the server, because no event carries a
   * cause. `undefined` until that event is read, and for a run that does not fail.
   */
  readonly error: ChatError | undefined
}

/** Returns the failure of a stream if it says it, as a {@link ChatStream} does. */
export function errorOfStream(stream: AsyncIterable<ChatEvent>): ChatError | undefined {
  return 'error' in stream && isChatError(stream.error) ? stream.error : undefined
}
