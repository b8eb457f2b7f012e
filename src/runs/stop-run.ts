import type { StopResult, StopOutcome } from '../core/vocabulary/stop-result.ts'
import { createChangeSignal } from './change-signal.ts'
import { callStore } from './call-store.ts'
import type { FinishReason } from '../core/vocabulary/result.ts'
import { withTimeout } from '../core/async/with-timeout.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { LiveRun } from './live-run.ts'
import type { ResolvedRunRegistryOptions } from './run-registry-options.ts'
import type { RunKey, RunStatus } from './run-store.ts'

type StopOptions = ResolvedRunRegistryOptions & { readonly signal: AbortSignal }

// Interval of the polls for the end of a run of another process.
const POLL_MS = 100

/** Stops a run of this process and waits for its end, at most `storeMs`. */
export async function stopHere(run: LiveRun, options: StopOptions): Promise<StopResult> {
  const outcome = run.stop()
  return toResult(outcome, await inTime(() => run.finished, options))
}

/** Stops a run of another process and waits until the store has its end, at most `storeMs`. */
export async function stopElsewhere(run: RunKey, options: StopOptions): Promise<StopResult> {
  const { store } = options
  const outcome = await callStore((signal) => store.requestStop(run, { signal }), options, options.signal)
  if (outcome === 'unknown') return { outcome }
  return toResult(outcome, await inTime((signal) => finishOf(run, { ...options, signal }), options))
}

// A finish reason other than `abort` means that the run ended by itself.
function toResult(outcome: StopOutcome, finishReason: FinishReason | undefined): StopResult {
  if (finishReason === undefined) return { outcome }
  return { outcome: finishReason === 'abort' ? outcome : 'already-ended', finishReason }
}

/** Waits for the end of a run; resolves with `undefined` after the time limit or a failure of the store. */
async function inTime(
  work: (signal: AbortSignal) => Promise<FinishReason | undefined>,
  { storeMs, clock, signal }: StopOptions,
): Promise<FinishReason | undefined> {
  const onTimeout = (): ChatError => new ChatError('The run has not ended yet', { code: 'store-unavailable' })
  try {
    return await withTimeout(work, { ms: storeMs, clock, signal, onTimeout })
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

/** Resolves with the finish reason of a run of another process when it has ended; `undefined` for a lost run. */
async function finishOf(run: RunKey, options: StopOptions): Promise<FinishReason | undefined> {
  const { store, clock, signal } = options
  const change = createChangeSignal({ pollMs: POLL_MS, clock })
  const unwatch = store.watch(run, change.notify)
  try {
    for (;;) {
      const status = await store.status(run, { signal })
      if (status?.state !== 'running') return await readFinish(run, status, options)
      await change.wait(signal)
    }
  } finally {
    unwatch()
  }
}

async function readFinish(
  run: RunKey,
  status: RunStatus | undefined,
  { store, signal }: StopOptions,
): Promise<FinishReason | undefined> {
  if (status?.state !== 'ended') return undefined
  const page = await store.read(run, { afterSeq: status.lastSeq - 1, limit: 1, signal })
  return finishReasonOf(page?.events[0])
}

function finishReasonOf(event: ChatEvent | undefined): FinishReason | undefined {
  if (event?.type === 'done') return event.finishReason
  return event?.type === 'error' ? 'error' : undefined
}
