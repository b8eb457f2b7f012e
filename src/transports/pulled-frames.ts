import { createDeadline } from '../core/async/deadline.ts'
import { DONE } from '../core/async/iterators.ts'
import { ChatError } from '../core/errors.ts'
import type { ChatEvent } from '../core/events.ts'
import { frames } from '../protocols/frames.ts'
import type { ResolvedSinkOptions } from './sink-options.ts'

/**
 * The frames of a stream for a sink that only pulls. A reader who has taken a frame and does not come back for the next
 * within `stallMs` stops the run; should it come back after all, it is told that something is missing.
 *
 * @throws TypeError when the stream has a reader already
 */
export function pulledFrames(
  events: AsyncIterable<ChatEvent>,
  { dialect, stallMs, ...options }: ResolvedSinkOptions,
): AsyncIterator<string, undefined> {
  const source = frames(events, dialect, options)
  let cut: ChatError | undefined
  const stall = createDeadline(() => {
    cut = new ChatError(`The reader took nothing for ${stallMs} ms (stallMs)`, { code: 'client-too-slow' })
    void source.return?.()
  }, options.clock)
  return {
    async next() {
      stall.clear()
      try {
        if (cut) throw cut
        const result = await source.next()
        if (result.done) stall.dispose()
        else stall.set(stallMs)
        return result
      } catch (thrown) {
        stall.dispose()
        throw thrown
      }
    },
    return() {
      stall.dispose()
      void source.return?.()
      return Promise.resolve(DONE)
    },
  }
}
