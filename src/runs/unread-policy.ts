import { createDeadline } from '../core/async/deadline.ts'
import { callStore } from './call-store.ts'
import type { LiveRun } from './live-run.ts'
import type { ResolvedRunRegistryOptions } from './run-registry-options.ts'

/** Applies the disconnect policy to a run. */
export interface UnreadPolicy {
  /** Call it when the last reader of this process has left. */
  onUnread(): void
  /** Call it when the run has ended. */
  dispose(): void
}

// A reader in another process reads from the store once per poll. After this many missed polls, it counts as
// disconnected.
const MISSED_POLLS = 3

// Pause before a failing store is asked again.
const RETRY_MS = 250

/** Creates the policy of one run: it is stopped if no process has had a reader for the time that the policy allows. */
export function createUnreadPolicy(run: () => LiveRun, options: ResolvedRunRegistryOptions): UnreadPolicy {
  const { store, clock, continueForMs, pollMs, storeMs, patienceMs } = options
  const timer = createDeadline(() => void stopIfUnread(), clock)
  let unansweredSince: number | undefined
  let over = false

  async function stopIfUnread(): Promise<void> {
    const leftMs = await msUntilUnread()
    if (over || run().readers() > 0) return
    if (leftMs > 0) timer.set(leftMs)
    else run().stop()
  }

  /** Resolves with the wait before the next check; 0 or less if the run has no readers. */
  async function msUntilUnread(): Promise<number> {
    const { scope, runId } = run()
    const askedAt = clock.now()
    try {
      const status = await callStore((signal) => store.status({ scope, runId }, { signal }), options)
      // If the store has lost the run, it does not know its readers either.
      if (!status) return msUntilGivenUp(askedAt)
      // While the store failed, readers of other processes could not read either; they retry within `storeMs`.
      const readMsAgo = unansweredSince === undefined ? (status.readMsAgo ?? Infinity) : -storeMs
      unansweredSince = undefined
      return MISSED_POLLS * pollMs + continueForMs - readMsAgo
    } catch {
      return msUntilGivenUp(askedAt)
    }
  }

  // No answer does not mean "no readers". But it must not keep a run alive without a limit, because that costs money.
  function msUntilGivenUp(askedAt: number): number {
    unansweredSince ??= askedAt
    return Math.min(RETRY_MS, unansweredSince + patienceMs - clock.now())
  }

  return {
    onUnread() {
      unansweredSince = undefined
      if (continueForMs === 0) void stopIfUnread()
      else timer.set(continueForMs)
    },
    dispose() {
      over = true
      timer.dispose()
    },
  }
}
