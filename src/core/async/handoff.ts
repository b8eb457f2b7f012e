import { DONE } from './iterators.ts'
import { toNext, type PullReader } from './pull.ts'

/**
 * Passes a value to the reader. Returns `undefined` if the reader took it at once, else a promise that resolves when
 * the reader takes it. Wait for that promise before the next value. Throws after the reader has left.
 */
export type Emit<In> = (value: In) => Promise<void> | undefined

/** Passes values from one producer to the reads of a consumer. */
export interface Handoff<In, Out> {
  /** Passes a value to the pending read, or holds it until the next read. */
  put: Emit<In>
  /** Passes the last value: a read after it resolves as done. */
  putLast(value: In): void
  /** Ends with a failure: the pending read rejects, or the next one behind a value that is held. */
  fail(reason: unknown): void
  /** Takes back the value that no reader has taken, and rejects the promise of its `put`. */
  drop(reason: unknown): void
  /** Reads the next value. */
  take(): Promise<IteratorResult<Out, undefined>>
  /** Reads the next value, and calls the reader with it: at once if there is one. */
  pull(reader: PullReader<Out>): void
  /** Ends without a last value. */
  close(): void
  /** Returns true once the last value or the failure was taken, or the handoff was closed. */
  isClosed(): boolean
}

/**
 * Creates a handoff that holds at most one value. `deliver` is called exactly once for each value, when the reader
 * takes it. Reads get the values in order.
 */
export function createHandoff<In, Out>(deliver: (value: In) => Out): Handoff<In, Out> {
  // The pending reads: usually one, and rarely others after it.
  let reader: PullReader<Out> | undefined
  const others: PullReader<Out>[] = []
  let held: (PromiseWithResolvers<void> & { readonly value: In }) | undefined
  let last: { readonly value: In } | undefined
  let failure: { readonly reason: unknown } | undefined
  let closed = false

  function give(value: In): IteratorResult<Out, undefined> {
    return { value: deliver(value), done: false }
  }

  function takeReader(): PullReader<Out> | undefined {
    const first = reader
    reader = others.shift()
    return first
  }

  function close(): void {
    closed = true
    for (let waiting = takeReader(); waiting; waiting = takeReader()) waiting.onResult(DONE)
  }

  function pull(next: PullReader<Out>): void {
    if (closed) return next.onResult(DONE)
    if (held) {
      const { value, resolve } = held
      held = undefined
      resolve()
      return next.onResult(give(value))
    }
    if (last) {
      closed = true
      return next.onResult(give(last.value))
    }
    if (failure) {
      closed = true
      return next.onFailure(failure.reason)
    }
    if (reader) others.push(next)
    else reader = next
  }

  return {
    put(value) {
      const waiting = takeReader()
      if (waiting) {
        waiting.onResult(give(value))
        return undefined
      }
      held = { value, ...Promise.withResolvers<void>() }
      return held.promise
    },
    putLast(value) {
      const waiting = takeReader()
      if (!waiting) {
        last = { value }
        return
      }
      closed = true
      waiting.onResult(give(value))
      close()
    },
    fail(reason) {
      const waiting = takeReader()
      if (!waiting) {
        failure = { reason }
        return
      }
      closed = true
      waiting.onFailure(reason)
      close()
    },
    drop(reason) {
      held?.reject(reason)
      held = undefined
    },
    take: toNext(pull),
    pull,
    close,
    isClosed: () => closed,
  }
}
