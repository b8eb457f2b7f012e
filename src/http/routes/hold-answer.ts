import type { ChatEvent } from '../../core/vocabulary/events.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import { openEncoder } from '../../dialects/open-encoder.ts'
import type { Call } from '../call.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { askToReturn } from '../../core/async/iterators.ts'
import { type RunIds, idsOf } from '../../dialects/native-json.ts'
import { toChatError } from '../../core/vocabulary/chat-error.ts'
import { callHook } from '../../core/observe/call-hook.ts'
import { collectChat } from '../../core/collect-chat.ts'
import { whole } from '../respond.ts'

/** The form of an answer that is sent as a whole. */
export interface HeldForm {
  /** Encodes the events. */
  readonly dialect: Dialect
  /** Returns the answer to a failed run. `ids` are those of the run. */
  readonly answerFailure: (thrown: unknown, ids: RunIds) => ChatAnswer
}

/**
 * Answers after the run has ended, so that a failed run has an error status. When the client leaves, the reader leaves
 * the run.
 */
export async function holdAnswer(
  reader: AsyncIterable<ChatEvent>,
  { dialect, answerFailure }: HeldForm,
  { signal, options }: Call,
): Promise<ChatAnswer> {
  const iterator = reader[Symbol.asyncIterator]()
  const unlink = linkSignal(signal, () => askToReturn(iterator))
  const encode = openEncoder(dialect, {})
  let ids: RunIds = {}
  let text = ''
  const note = (event: ChatEvent): void => {
    if (event.type === 'start') ids = idsOf(event)
    try {
      text += encode(event)
    } catch (thrown) {
      const error = toChatError(thrown)
      callHook(options.onError, error)
      askToReturn(iterator)
      throw error
    }
  }
  try {
    await collectChat(noting(note, iterator))
    return whole(text, { headers: dialect.headers })
  } catch (thrown) {
    signal.throwIfAborted()
    // The run has already reported its failure.
    return answerFailure(thrown, ids)
  } finally {
    unlink()
  }
}

/** Returns the same events, and calls `note` with each of them as it passes. */
function noting(note: (event: ChatEvent) => void, iterator: AsyncIterator<ChatEvent>): AsyncIterable<ChatEvent> {
  return {
    [Symbol.asyncIterator]: () => ({
      ...iterator,
      async next() {
        const result = await iterator.next()
        if (!result.done) note(result.value)
        return result
      },
    }),
  }
}
