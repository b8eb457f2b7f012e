import { expectStreamChatOptions } from './options/option-names.ts'
import { resolveChatOptions } from './options/resolve-chat-options.ts'
import { resolveTurnOptions } from './options/resolve-turn-options.ts'
import type { StreamChatOptions } from './options/stream-chat-options.ts'
import { BUILT_IN_STAGES } from './turn/built-in-stages.ts'
import { openTurn } from './turn/open-turn.ts'
import type { ChatStream } from './vocabulary/chat-stream.ts'

/**
 * Runs one turn: retrieves, answers from the sources, and yields typed events. These are `start`, then `status`,
 * `query`, every `source`, the `token`s with their `citation`s, and exactly one `done` or `error`.
 *
 * Nothing runs before the first event is asked for, and the stream has one reader. When `signal` aborts, the next event
 * is `done` with `finishReason: 'abort'` and the partial answer, even if the model or the retriever ignore the signal.
 * A reader that leaves the loop stops the run in the same way. If a turn fails, the stream never throws: it ends with
 * an `error` event. An abort with a {@link ChatError} as the reason is also a failure. The property `error` of the
 * stream has the failure with its cause.
 *
 * A server that answers many requests checks its options once with {@link createChat}.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`, at once, when an option is wrong
 */
export function streamChat(options: StreamChatOptions): ChatStream {
  expectStreamChatOptions(options)
  const chat = resolveChatOptions(options, BUILT_IN_STAGES)
  return openTurn(chat, resolveTurnOptions(options, chat))
}
