import type { ChatError } from '../core/vocabulary/chat-error.ts'
import { logError } from '../core/observe/log-error.ts'

/** Called with a failure, and with the run that failed. */
export type ErrorHook = (error: ChatError, runId?: string) => void

/** Returns a hook that is called once per error, even if several places report it. */
export function reportOnce(hook: ErrorHook | undefined): ErrorHook | undefined {
  if (!hook) return undefined
  const reported = new WeakSet<ChatError>()
  return (error, runId) => {
    // Not reported, because any client can cause it with an unknown id.
    if (error.code === 'not-found' || reported.has(error)) return
    reported.add(error)
    // Returned, because an async hook may reject. Only the default hook prints the id of the run.
    return hook === logError ? logError(error, runId) : hook(error)
  }
}
