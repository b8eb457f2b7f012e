import { untilAborted } from '../../core/async/abortable.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { DONE } from '../../core/async/iterators.ts'
import { delay } from '../../core/async/with-timeout.ts'
import type { Clock } from '../../core/async/clock.ts'
import type { ChatModelEvent } from '../../core/vocabulary/chat-model.ts'
import { estimateTokens } from '../../core/text/estimate-tokens.ts'

/** The options of {@link speak}. */
export interface SpeakOptions {
  /** Pause before each word, in milliseconds; 0 for none. */
  readonly pauseMs: number
  /** Maximum number of estimated tokens; the answer is cut there. */
  readonly maxTokens: number
  /** Measures the pauses. */
  readonly clock: Clock
  /** Aborts the stream. */
  readonly signal: AbortSignal
}

const NO_TOKENS = Object.freeze({ inputTokens: 0, outputTokens: 0, totalTokens: 0 })

/**
 * Emits words as a model does. `words` is called by the first `next()`. An abort and `return()` end a pause, so that
 * neither waits for it. Calls of `next()` must not overlap.
 */
export function speak(
  words: () => Iterable<string> | Promise<Iterable<string>>,
  options: SpeakOptions,
): AsyncIterableIterator<ChatModelEvent> {
  const { pauseMs, maxTokens, clock } = options
  const stop = new AbortController()
  let unlink = (): void => {}
  let spoken: Iterator<string> | undefined
  let tokens = 0
  let over = false

  function finish(): void {
    over = true
    unlink()
  }

  async function begin(): Promise<Iterator<string>> {
    unlink = linkSignal(options.signal, (reason) => stop.abort(reason))
    stop.signal.throwIfAborted()
    return (await untilAborted(Promise.resolve(words()), stop.signal))[Symbol.iterator]()
  }

  async function nextEvent(): Promise<ChatModelEvent> {
    spoken ??= await begin()
    stop.signal.throwIfAborted()
    const { done, value: delta } = spoken.next()
    if (!done) tokens += estimateTokens(delta)
    if (done || tokens > maxTokens) {
      finish()
      return { type: 'finish', finishReason: done ? 'stop' : 'length', usage: NO_TOKENS }
    }
    if (pauseMs > 0) await delay(pauseMs, { clock, signal: stop.signal })
    return { type: 'text', delta }
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      if (over) return DONE
      try {
        return { value: await nextEvent(), done: false }
      } catch (thrown) {
        // `return()` has ended the pause.
        if (over) return DONE
        finish()
        throw thrown
      }
    },
    return() {
      finish()
      stop.abort()
      return Promise.resolve(DONE)
    },
  }
}
