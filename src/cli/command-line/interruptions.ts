/** The interruptions of the process: Ctrl-C (SIGINT) and SIGTERM. */
export interface Interruptions {
  /** Fires with the first interruption that has no listener. */
  readonly signal: AbortSignal
  /**
   * Gives Ctrl-C to a listener until the returned function is called. SIGTERM is never given to it, so that a supervisor can
   * always end the process.
   */
  divert(listener: () => void): () => void
  /** Takes an interruption. */
  interrupt(by: 'SIGINT' | 'SIGTERM'): void
}

/** Creates the interruptions of a process. The second one without a listener calls `exit`. */
export function createInterruptions(exit: () => void): Interruptions {
  const interruption = new AbortController()
  let listener: (() => void) | undefined
  return {
    signal: interruption.signal,
    divert(added) {
      listener = added
      return () => {
        if (listener === added) listener = undefined
      }
    },
    interrupt(by) {
      if (by === 'SIGINT' && listener) listener()
      else if (interruption.signal.aborted) exit()
      else interruption.abort(new Error(`Stopped by ${by}`))
    },
  }
}
