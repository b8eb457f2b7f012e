import { askToReturn } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { isTerminalEvent, type ChatEvent, type TerminalEvent } from '../../core/vocabulary/events.ts'

/** Options of {@link collectAnswer}. */
export interface CollectAnswerOptions {
  /** Ends the reader. */
  readonly signal: AbortSignal
  /** Called with each event. */
  readonly onEvent: (event: ChatEvent) => void
}

/**
 * Reads a run to its end, and returns its last event.
 *
 * @throws the reason of the signal if it has fired; ChatError `producer-lost` if there is no last event
 */
export async function collectAnswer(
  events: AsyncIterable<ChatEvent>,
  { signal, onEvent }: CollectAnswerOptions,
): Promise<TerminalEvent> {
  const iterator = events[Symbol.asyncIterator]()
  const unlink = linkSignal(signal, () => askToReturn(iterator))
  try {
    for await (const event of { [Symbol.asyncIterator]: () => iterator }) {
      if (signal.aborted) break
      onEvent(event)
      if (isTerminalEvent(event)) return event
    }
  } finally {
    unlink()
  }
  signal.throwIfAborted()
  throw new ChatError('The events of the run ended without done or error', { code: 'producer-lost' })
}
