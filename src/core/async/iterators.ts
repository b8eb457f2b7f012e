/** The result of a finished iterator. */
export const DONE: IteratorReturnResult<undefined> = Object.freeze({ value: undefined, done: true })

/**
 * Makes a stream of existing values. It is not a generator, because the `return()` of a generator waits for a pending
 * read.
 */
export function streamOf<T>(values: readonly T[]): AsyncIterable<T> {
  const iterator = values.values()
  return {
    [Symbol.asyncIterator]: () => ({ next: async () => iterator.next(), return: async () => DONE }),
  }
}

/**
 * Makes an iterator of a function that reads and one that stops. `return()` stops at once, even during a read, which a
 * generator cannot do.
 */
export function toIterator<T>(
  next: () => Promise<IteratorResult<T, undefined>>,
  stop: () => void,
): AsyncIterableIterator<T, undefined> {
  return {
    next,
    return() {
      stop()
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** Ignores the rejection of a promise, because its failure is handled elsewhere. */
export function ignoreRejection(promise: PromiseLike<unknown> | undefined): void {
  promise?.then(undefined, () => {})
}

/**
 * Asks an iterator to stop, without waiting for it: the `return()` of a generator is pending for as long as its current
 * `await`.
 */
export function askToReturn(iterator: AsyncIterator<unknown> | undefined): void {
  try {
    ignoreRejection(iterator?.return?.())
  } catch {
    // A source that throws here has also stopped.
  }
}
