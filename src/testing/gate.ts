import { untilAborted } from '../core/async/abortable.ts'

/** A point at which a test stops callers, to control the order of concurrent steps. */
export interface Gate {
  /**
   * Resolves when the gate lets this caller through, in the order of the calls. Rejects with the signal's reason when
   * it aborts first.
   */
  pass(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Resolves as soon as a caller waits here. */
  reached(): Promise<void>
  /** Lets `count` callers through, including future ones. @defaultValue 1 */
  release(count?: number): void
  /** Lets all callers through from now on. */
  open(): void
  /** The number of callers that wait at the moment. */
  readonly waiting: number
}

/**
 * Creates a closed {@link Gate}.
 *
 * @example
 * ```ts
 * import { createGate, scriptedChatModel } from 'ragwire/testing'
 * const gate = createGate()
 * const model = scriptedChatModel(['Hello', { gate }, ' world', { type: 'finish', finishReason: 'stop' }])
 * // Start a run on the model, then:
 * await gate.reached()
 * gate.open()
 * ```
 */
export function createGate(): Gate {
  let permits = 0
  const held = new Set<() => void>()
  const watching: (() => void)[] = []

  const release = (count = 1) => {
    permits += count
    for (const letThrough of held) {
      if (permits < 1) return
      permits -= 1
      held.delete(letThrough)
      letThrough()
    }
  }

  return {
    async pass({ signal } = {}) {
      signal?.throwIfAborted()
      if (permits >= 1) {
        permits -= 1
        return
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      held.add(resolve)
      for (const tell of watching.splice(0)) tell()
      try {
        await (signal ? untilAborted(promise, signal) : promise)
      } finally {
        held.delete(resolve)
      }
    },
    async reached() {
      if (held.size > 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      watching.push(resolve)
      await promise
    },
    release,
    open: () => release(Infinity),
    get waiting() {
      return held.size
    },
  }
}

/** A barrier in a script: a promise, or a {@link Gate} that is passed when the script reaches it. */
export type Barrier = Promise<unknown> | Gate

/** Waits at a barrier. Rejects with the signal's reason as soon as it aborts, if a signal is given. */
export async function passBarrier(
  barrier: Barrier,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { signal } = options
  signal?.throwIfAborted()
  if ('pass' in barrier) await barrier.pass(signal && { signal })
  else await (signal ? untilAborted(barrier, signal) : barrier)
}
