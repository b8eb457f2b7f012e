/**
 * Calls `onAbort` with the signal's reason when it fires, at once if it has fired already. Returns the function that
 * removes the listener. Call it when the work has ended, because a long-lived signal (a server's shutdown) would keep
 * every finished stream in memory. `AbortSignal.any` has this leak.
 */
export function linkSignal(signal: AbortSignal | undefined, onAbort: (reason: unknown) => void): () => void {
  if (!signal) return () => {}
  if (signal.aborted) {
    onAbort(signal.reason)
    return () => {}
  }
  const listener = (): void => onAbort(signal.reason)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}
