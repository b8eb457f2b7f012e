import { createDeadline, type Deadline } from '../core/async/deadline.ts'
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
  const timer = createDeadline(() => void stopIfUnread(policy), options.clock)
  const policy: OpenPolicy = { run, options, timer, unansweredSince: undefined, isOver: false, onUnread, dispose }
  return policy
}

/** A policy with its state, and functions that all policies share. */
interface OpenPolicy extends UnreadPolicy {
  readonly run: () => LiveRun
  readonly options: ResolvedRunRegistryOptions
  readonly timer: Deadline
  unansweredSince: number | undefined
  isOver: boolean
}

function onUnread(this: OpenPolicy): void {
  const { continueForMs } = this.options
  this.unansweredSince = undefined
  if (continueForMs === 0) void stopIfUnread(this)
  else this.timer.set(continueForMs)
}

function dispose(this: OpenPolicy): void {
  this.isOver = true
  this.timer.dispose()
}

async function stopIfUnread(policy: OpenPolicy): Promise<void> {
  const leftMs = await msUntilUnread(policy)
  const run = policy.run()
  if (policy.isOver || run.readers() > 0) return
  if (leftMs > 0) policy.timer.set(leftMs)
  else run.stop()
}

/** Resolves with the wait before the next check; 0 or less if the run has no readers. */
async function msUntilUnread(policy: OpenPolicy): Promise<number> {
  const { scope, runId } = policy.run()
  const { store, clock, continueForMs, pollMs, storeMs } = policy.options
  const askedAt = clock.now()
  try {
    const status = await callStore((signal) => store.status({ scope, runId }, { signal }), policy.options)
    // If the store has lost the run, it does not know its readers either.
    if (!status) return msUntilGivenUp(policy, askedAt)
    // While the store failed, readers of other processes could not read either; they retry within `storeMs`.
    const readMsAgo = policy.unansweredSince === undefined ? (status.readMsAgo ?? Infinity) : -storeMs
    policy.unansweredSince = undefined
    return MISSED_POLLS * pollMs + continueForMs - readMsAgo
  } catch {
    return msUntilGivenUp(policy, askedAt)
  }
}

// No answer does not mean "no readers". But it must not keep a run alive without a limit, because that costs money.
function msUntilGivenUp(policy: OpenPolicy, askedAt: number): number {
  const { clock, patienceMs } = policy.options
  policy.unansweredSince ??= askedAt
  return Math.min(RETRY_MS, policy.unansweredSince + patienceMs - clock.now())
}
