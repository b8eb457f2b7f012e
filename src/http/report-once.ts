import type { ChatError } from '../core/vocabulary/chat-error.ts'
import { logError } from '../core/observe/log-error.ts'

/** Called with a failure, and with the run that failed. */
export type ErrorHook = (error: ChatError, runId?: string) => void

/** Makes a hook that is called once for an error, even if several places report it. */
export function reportOnce(hook: ErrorHook | undefined): ErrorHook | undefined {
  if (!hook) return undefined
  const reported = new WeakSet<ChatError>()
  return (error, runId) => {
    // A client may name what is not there as often as it likes.
    if (error.code === 'not-found' || reported.has(error)) return
    reported.add(error)
    // Given back, because it may be a promise that rejects. The run is for the line that is printed by default.
    return hook === logError ? logError(error, runId) : hook(error)
  }
}
