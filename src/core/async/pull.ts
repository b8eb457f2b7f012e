/** A reader that gets each result by a call, at once or later. Neither function may throw. */
export interface PullReader<T> {
  /** Called with the result. */
  onResult(result: IteratorResult<T, undefined>): void
  /** Called with the reason of the failure. */
  onFailure(reason: unknown): void
}

/** The key of a read that calls the reader instead of returning a promise. */
export const PULL: unique symbol = Symbol('ragwire.pull')

/** An iterator that can be read without a promise, too. */
export interface PullIterator<T> extends AsyncIterator<T, undefined> {
  /** Reads the next result, and calls the reader with it. */
  [PULL](reader: PullReader<T>): void
}

/**
 * Reads the next result, without a promise if the iterator is a {@link PullIterator}. A token passes several iterators,
 * and a promise at each would cost more than parsing it. The reader may be called before this returns.
 */
export function pull<T>(iterator: AsyncIterator<T, undefined>, reader: PullReader<T>): void {
  if (isPullIterator(iterator)) iterator[PULL](reader)
  else iterator.next().then(reader.onResult, reader.onFailure)
}

/** Converts a pull to a `next()` that returns promises. */
export function toNext<T>(pull: (reader: PullReader<T>) => void): () => Promise<IteratorResult<T, undefined>> {
  return () => new Promise((onResult, onFailure) => pull({ onResult, onFailure }))
}

function isPullIterator<T>(iterator: AsyncIterator<T, undefined>): iterator is PullIterator<T> {
  return PULL in iterator
}
