import { createDeadline } from '../core/async/deadline.ts'
import { DONE } from '../core/async/iterators.ts'
import { linkSignal } from '../core/async/link-signal.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { frames, type KeptEvents } from './frames.ts'
import { MAX_PART_CHARS, type ResolvedSinkOptions } from './sink-options.ts'

/** Frames that are only pulled. */
export interface PulledFrames extends AsyncIterator<string, undefined> {
  /** Stops the run, and ends the frames. */
  return(): Promise<IteratorResult<string, undefined>>
}

/**
 * Returns the frames of a stream for a sink that only pulls. If the reader does not pull the next frame within `stallMs`,
 * the run stops, and a later pull rejects. If the `signal` fires, the run stops and the frames end without a terminal
 * event; they reject for a dialect that breaks on errors.
 *
 * @throws TypeError when the stream has a reader already
 */
export function pulledFrames(
  events: KeptEvents,
  { dialect, stallMs, signal, ...options }: ResolvedSinkOptions,
): PulledFrames {
  const source = frames(events, dialect, { ...options, maxChars: MAX_PART_CHARS })
  const stall = createDeadline(() => {
    const message = `The reader took nothing for ${stallMs} ms (stallMs)`
    cutOff({ reason: new ChatError(message, { code: 'client-too-slow' }) })
  }, options.clock)
  let left = false
  let failure: { readonly reason: unknown } | undefined
  let unwatch: (() => void) | undefined

  function watch(): void {
    unwatch ??= linkSignal(signal, (reason) => cutOff(dialect.breaksOnError ? { reason } : undefined))
  }

  function cutOff(how: typeof failure): void {
    failure = how
    leave()
  }

  function leave(): void {
    left = true
    stall.dispose()
    unwatch?.()
    void source.return?.()
  }

  // A run of the registry counts this reader already. Any other stream holds nothing before the first read.
  if (events.acknowledged) watch()

  return {
    async next() {
      watch()
      stall.clear()
      try {
        const result = await source.next()
        if (failure) throw failure.reason
        if (result.done) leave()
        else if (!left) stall.set(stallMs)
        return result
      } catch (thrown) {
        leave()
        throw thrown
      }
    },
    return() {
      leave()
      return Promise.resolve(DONE)
    },
  }
}
