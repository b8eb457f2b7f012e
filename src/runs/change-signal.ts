import { untilAborted } from '../core/async/abortable.ts'
import { createDeadline } from '../core/async/deadline.ts'
import type { Clock } from '../core/async/clock.ts'

/** Tells one who waits that something may have changed. */
export interface ChangeSignal {
  /** Something may have changed. */
  readonly notify: () => void
  /**
   * Resolves at the next change, at once if there was one since the last wait, and at the latest after `waitMs`.
   *
   * @defaultValue `waitMs` is `pollMs`
   * @throws the reason of `signal` when it fires before
   */
  wait(signal: AbortSignal, waitMs?: number): Promise<void>
}

/** How often to look when nothing is told. */
export interface ChangeSignalOptions {
  /** In milliseconds. */
  readonly pollMs: number
  readonly clock: Clock
}

/** Joins notifications, which may be lost, with looking from time to time. */
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
