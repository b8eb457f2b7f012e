import { untilAborted } from '../core/async/abortable.ts'
import { createDeadline } from '../core/async/deadline.ts'
import type { Clock } from '../core/async/clock.ts'

/** Wakes a waiter when something may have changed. */
export interface ChangeSignal {
  /** Reports that something may have changed. */
  readonly notify: () => void
  /**
   * Resolves at the next change, at once if there was one since the last wait, and at the latest after `waitMs`.
   *
   * @defaultValue `waitMs` is `pollMs`
   * @throws the reason of `signal` when it fires before
   */
  wait(signal: AbortSignal, waitMs?: number): Promise<void>
}

/** The options of {@link createChangeSignal}. */
export interface ChangeSignalOptions {
  /** Interval of the polls, in milliseconds. */
  readonly pollMs: number
  /** Measures the interval. */
  readonly clock: Clock
}

/** Combines notifications, which may be lost, with polling. */
export function createChangeSignal({ pollMs, clock }: ChangeSignalOptions): ChangeSignal {
  let changed = false
  let wake = (): void => {}

  function notify(): void {
    changed = true
    wake()
  }

  async function untilChanged(signal: AbortSignal, waitMs: number): Promise<void> {
    const poll = createDeadline(notify, clock)
    const change = Promise.withResolvers<void>()
    wake = change.resolve
    try {
      poll.set(waitMs)
      await untilAborted(change.promise, signal)
    } finally {
      poll.dispose()
    }
  }

  return {
    notify,
    async wait(signal, waitMs = pollMs) {
      if (!changed) await untilChanged(signal, waitMs)
      changed = false
    },
  }
}
