import { DONE } from './iterators.ts'

/**
 * Hands a value to the reader. It returns nothing when the reader took it at once, else a promise
 * that resolves when the reader does: wait for it before the next value. It throws once the reader has left.
 */
export type Emit<In> = (value: In) => Promise<void> | undefined

/** The place where values change hands. */
export interface Handoff<In, Out> {
  /** Gives a value to the reader, or keeps it until one comes. */
  put: Emit<In>
  /** Gives the last value: whoever reads after it is told that this was all. */
  putLast(value: In): void
  /** Rejects the read that waits, and ends. */
  fail(reason: unknown): void
  /** Takes back the value that no reader has taken, and rejects who put it. */
  drop(reason: unknown): void
  /** Reads the next value. */
  take(): Promise<IteratorResult<Out, undefined>>
  /** Ends without a last value. */
  close(): void
  readonly closed: boolean
}

/**
 * Opens a handoff that holds at most one value. `deliver` is called exactly once for each value, when the reader
 * takes it; reads are answered in their order.
 */
export function createHandoff<In, Out>(deliver: (value: In) => Out): Handoff<In, Out> {
  const reads: PromiseWithResolvers<IteratorResult<Out, undefined>>[] = []
  let kept: (PromiseWithResolvers<void> & { readonly value: In }) | undefined
  let last: { readonly value: In } | undefined
  let closed = false

  function give(value: In): IteratorResult<Out, undefined> {
    return { value: deliver(value), done: false }
  }

  function close(): void {
    closed = true
    for (const read of reads.splice(0)) read.resolve(DONE)
  }

  return {
    put(value) {
      const read = reads.shift()
      if (read) {
        read.resolve(give(value))
        return undefined
      }
      kept = { value, ...Promise.withResolvers<void>() }
      return kept.promise
    },
    putLast(value) {
      const read = reads.shift()
      if (!read) {
        last = { value }
        return
      }
      closed = true
      read.resolve(give(value))
      close()
    },
    fail(reason) {
      reads.shift()?.reject(reason)
      close()
    },
    drop(reason) {
      kept?.reject(reason)
      kept = undefined
    },
    take() {
      if (closed) return Promise.resolve(DONE)
      if (kept) {
        const { value, resolve } = kept
        kept = undefined
        resolve()
        return Promise.resolve(give(value))
      }
      if (last) {
        closed = true
        return Promise.resolve(give(last.value))
      }
      const read = Promise.withResolvers<IteratorResult<Out, undefined>>()
      reads.push(read)
      return read.promise
    },
    close,
    get closed() {
      return closed
    },
  }
}
