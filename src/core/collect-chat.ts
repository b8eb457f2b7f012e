import { ChatError } from './vocabulary/chat-error.ts'
import { errorOfStream } from './vocabulary/chat-stream.ts'
import { isTerminalEvent, type ChatEvent, type ErrorEvent } from './vocabulary/events.ts'
import type { ChatResult } from './vocabulary/result.ts'
import { expectStream } from './options/validate.ts'

/**
 * Reads a stream to its end and resolves with the whole result. An abort is not an error: it resolves with the partial
 * answer and `finishReason: 'abort'`.
 *
 * @throws ChatError when the run failed, with the partial result as `partial` and the `error` of the stream as its
 * cause; or `upstream-incomplete` when the stream ended without a terminal event
 */
export async function collectChat(stream: AsyncIterable<ChatEvent>): Promise<ChatResult> {
  expectStream('stream', stream)
  for await (const event of stream) {
    if (!isTerminalEvent(event)) continue
    if (event.type === 'error') throw fromErrorEvent(event, errorOfStream(stream))
    const { type: _type, seq: _seq, ...result } = event
    return result
  }
  throw new ChatError('The stream ended without a terminal event', { code: 'upstream-incomplete' })
}

function fromErrorEvent(event: ErrorEvent, cause: ChatError | undefined): ChatError {
  const { code, message, retryable, retryAfterMs, phase, partial } = event
  return new ChatError(message, {
    code,
    retryable,
    phase,
    partial,
    cause,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}
