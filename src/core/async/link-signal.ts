/**
 * Calls `onAbort` with the signal's reason when it fires, at once if it already has. Returns the function
 * that takes the listener off again: call it when the work is over, because a long-lived signal (a server's
 * shutdown) would keep every finished stream alive. `AbortSignal.any` leaks in just that way.
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
