import { createDeadline } from '../core/async/deadline.ts'
import { DONE } from '../core/async/iterators.ts'
import { linkSignal } from '../core/async/link-signal.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { frames, type KeptEvents } from './frames.ts'
import { MAX_PART_CHARS, type ResolvedSinkOptions } from './sink-options.ts'

/** Frames that are only pulled. */
export interface PulledFrames extends AsyncIterator<string, undefined> {
  return(): Promise<IteratorResult<string, undefined>>
}

/**
 * The frames of a stream for a sink that only pulls. A reader who has taken a frame and does not come back for the next
 * within `stallMs` stops the run; should it come back after all, it is told that something is missing. So does a
 * `signal` that fires; the frames just end then, without a terminal event, unless only an error shows that.
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

  // A run counts a reader from its opening. Any other stream starts nothing before it is read, and holds nothing.
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
