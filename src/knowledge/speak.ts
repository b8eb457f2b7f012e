import { linkSignal } from '../core/async/link-signal.ts'
import { delay } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/async/clock.ts'
import type { ChatModelEvent } from '../core/vocabulary/chat-model.ts'
import { estimateTokens } from '../core/text/estimate-tokens.ts'

/** How {@link speak} speaks. */
export interface SpeakOptions {
  /** Pause before each word, in milliseconds; 0 for none. */
  readonly pauseMs: number
  /** Where to break off, in estimated tokens. */
  readonly maxTokens: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

const NO_TOKENS = Object.freeze({ inputTokens: 0, outputTokens: 0, totalTokens: 0 })

/**
 * Says words as a model does. Nothing runs before the first `next()`, and neither `signal` nor `return()` waits for a
 * pause: they end it.
 */
export function speak(words: () => Iterable<string>, options: SpeakOptions): AsyncIterableIterator<ChatModelEvent> {
  const stop = new AbortController()
  let left = false
  const events = generate()

  async function* generate(): AsyncGenerator<ChatModelEvent, undefined> {
    const unlink = linkSignal(options.signal, (reason) => stop.abort(reason))
    try {
      let tokens = 0
      stop.signal.throwIfAborted()
      for (const delta of words()) {
        tokens += estimateTokens(delta)
        if (tokens > options.maxTokens) {
          yield { type: 'finish', finishReason: 'length', usage: NO_TOKENS }
          return
        }
        if (options.pauseMs > 0) await delay(options.pauseMs, { clock: options.clock, signal: stop.signal })
        yield { type: 'text', delta }
        stop.signal.throwIfAborted()
      }
      yield { type: 'finish', finishReason: 'stop', usage: NO_TOKENS }
    } catch (thrown) {
      if (!left) throw thrown
    } finally {
      unlink()
    }
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => events.next(),
    return() {
      left = true
      // A generator queues return() behind its pending pause, so the pause is ended first.
      stop.abort()
      return events.return(undefined)
    },
  }
}
