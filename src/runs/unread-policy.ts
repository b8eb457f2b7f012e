import { createDeadline } from '../core/async/deadline.ts'
import { callStore } from './call-store.ts'
import type { LiveRun } from './live-run.ts'
import type { ResolvedRunRegistryOptions } from './run-registry-options.ts'

/** What becomes of a run when its last reader has left. */
export interface UnreadPolicy {
  /** The last reader of this process has left. */
  onUnread(): void
  /** The run is over. */
  dispose(): void
}

// A reader of another process asks the store once in a poll while its client takes what it reads; one that has missed
// this many is gone.
const MISSED_POLLS = 3

// Between two looks at a store that fails.
const RETRY_MS = 250

/** Stops a run that nobody reads, in no process, after the time that the policy gives it. */
export function createUnreadPolicy(run: () => LiveRun, options: ResolvedRunRegistryOptions): UnreadPolicy {
  const { store, clock, continueForMs, pollMs, storeMs, patienceMs } = options
  const timer = createDeadline(() => void stopIfUnread(), clock)
  let unansweredSince: number | undefined
  let over = false

  async function stopIfUnread(): Promise<void> {
    const leftMs = await msUntilUnread()
    if (over || run().readers > 0) return
    if (leftMs > 0) timer.set(leftMs)
    else run().stop()
  }

  /** The wait before the next look; 0 if nobody reads. */
  async function msUntilUnread(): Promise<number> {
    const { scope, runId } = run()
    const askedAt = clock.now()
    try {
      const status = await callStore((signal) => store.status({ scope, runId }, { signal }), options)
      // A store that has forgotten the run does not know its readers either.
      if (!status) return msUntilGivenUp(askedAt)
      // Readers elsewhere could not read either, and ask again within `storeMs`.
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
