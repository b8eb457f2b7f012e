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

// While it is asked, a model goes on that perhaps nobody hears.
const LONGEST_LOOK_MS = 50

/** Stops a run that nobody reads, in no process, after the time that the policy gives it. */
export function createUnreadPolicy(run: () => LiveRun, options: ResolvedRunRegistryOptions): UnreadPolicy {
  const { store, clock, continueForMs, pollMs } = options
  const timer = createDeadline(() => void stopIfUnread(), clock)
  let over = false

  async function stopIfUnread(): Promise<void> {
    const leftMs = MISSED_POLLS * pollMs + continueForMs - (await readElsewhereMsAgo())
    if (over || run().readers > 0) return
    if (leftMs > 0) timer.set(leftMs)
    else run().stop()
  }

  async function readElsewhereMsAgo(): Promise<number> {
    const { scope, runId } = run()
    try {
      const status = await callStore((signal) => store.status({ scope, runId }, { signal }), {
        clock,
        storeMs: LONGEST_LOOK_MS,
      })
      return status?.readMsAgo ?? Infinity
    } catch {
      // A store that does not answer must not keep a run alive that costs money.
      return Infinity
    }
  }

  return {
    onUnread() {
      if (continueForMs === 0) void stopIfUnread()
      else timer.set(continueForMs)
    },
    dispose() {
      over = true
      timer.dispose()
    },
  }
}
