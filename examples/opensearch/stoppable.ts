import type { ApiResponse } from '@opensearch-project/opensearch'

/** A call of the client, which can be ended. */
interface Stoppable<T> extends PromiseLike<T> {
  abort?: () => void
}

/** Waits for a call of the client. An abort of the signal closes its request. */
export async function stoppable<T extends ApiResponse>(call: Stoppable<T>, signal: AbortSignal): Promise<T> {
  // It returns nothing: `abort` returns the call, and Node reports a listener whose promise is rejected as uncaught.
  const stop = () => {
    call.abort?.()
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await call
  } catch (thrown) {
    signal.throwIfAborted()
    throw thrown
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
