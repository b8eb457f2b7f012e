/** The result of a finished iterator. */
export const DONE: IteratorReturnResult<undefined> = Object.freeze({ value: undefined, done: true })

/** Makes a stream of values that are all there. It is written by hand: no generator holds up its `return()`. */
export function streamOf<T>(values: readonly T[]): AsyncIterable<T> {
  const iterator = values.values()
  return {
    [Symbol.asyncIterator]: () => ({ next: async () => iterator.next(), return: async () => DONE }),
  }
}

/** Ignores the rejection of a promise, because its failure is handled elsewhere. */
export function ignoreRejection(promise: PromiseLike<unknown> | undefined): void {
  promise?.then(undefined, () => {})
}

/**
 * Asks an iterator to stop, without waiting for it: one that is parked in an `await` would keep
 * `return()` pending for as long as it likes.
 */
export function askToReturn(iterator: AsyncIterator<unknown> | undefined): void {
  try {
    ignoreRejection(iterator?.return?.())
  } catch {
    // A source that throws here has stopped, too.
  }
}
