import { delay } from '../../core/async/with-timeout.ts'
import type { ThreadKey } from '../../core/vocabulary/history-store.ts'
import type { Call } from '../call.ts'

const LOOK_AGAIN_MS = 25

/**
 * Stops the runs of a thread and waits for their end, because a run that saves its question later would create the
 * thread again.
 */
export async function stopRunsOf({ scope, threadId }: ThreadKey, { signal, options }: Call): Promise<void> {
  const { runs, storeMs, clock } = options
  const giveUpAt = clock.now() + storeMs
  for (;;) {
    const active = (await runs.list(scope, { signal })).filter((run) => run.threadId === threadId)
    if (active.length === 0 || clock.now() >= giveUpAt) return
    for (const { runId } of active) await runs.stop({ scope, runId }, { signal })
    await delay(LOOK_AGAIN_MS, { clock, signal })
  }
}
