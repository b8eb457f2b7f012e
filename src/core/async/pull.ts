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
  else answer(iterator.next(), reader)
}

/** The consumer of {@link pullEach}. */
export interface Consumer<T, End> {
  /** Called before each read. */
  onRead(): void
  /**
   * Takes a result. Returns a promise to pause the reads, or to end them: they end when it resolves with a value, and go on
   * when it resolves with `undefined`.
   */
  take(result: IteratorResult<T, undefined>): Promise<End | undefined> | undefined
}

/**
 * Reads an iterator until its consumer ends the reads, and resolves with the consumer's value. Results that are ready cost no
 * promise.
 *
 * @throws what the iterator or the consumer throws
 */
export function pullEach<T, End>(iterator: AsyncIterator<T, undefined>, consumer: Consumer<T, End>): Promise<End> {
  return new Promise((resolve, reject) => {
    const reader: PullReader<T> = { onResult, onFailure: reject }
    let isPulling = false
    let isTaken = false

    // A loop, because a call for each result that is ready would fill the stack.
    function read(): void {
      if (isPulling) {
        isTaken = true
        return
      }
      isPulling = true
      try {
        do {
          isTaken = false
          consumer.onRead()
          pull(iterator, reader)
        } while (isTaken)
      } catch (thrown) {
        reject(thrown)
      }
      isPulling = false
    }

    function onResult(result: IteratorResult<T, undefined>): void {
      let paused
      try {
        paused = consumer.take(result)
      } catch (thrown) {
        return reject(thrown)
      }
      if (paused) paused.then(goOn, reject)
      else read()
    }

    function goOn(end: End | undefined): void {
      if (end === undefined) read()
      else resolve(end)
    }

    read()
  })
}

/** Converts a `next()` that returns promises to a pull. */
export function toPull<T>(next: () => Promise<IteratorResult<T, undefined>>): (reader: PullReader<T>) => void {
  return (reader) => answer(next(), reader)
}

/** Converts a pull to a `next()` that returns promises. */
export function toNext<T>(pull: (reader: PullReader<T>) => void): () => Promise<IteratorResult<T, undefined>> {
  return () => new Promise((onResult, onFailure) => pull({ onResult, onFailure }))
}

/** The `next()` of an iterator that can be pulled. */
export function nextOfPull<T>(this: PullIterator<T>): Promise<IteratorResult<T, undefined>> {
  return new Promise((onResult, onFailure) => this[PULL]({ onResult, onFailure }))
}

// An iterator may return its result without a promise.
function answer<T>(
  result: PromiseLike<IteratorResult<T, undefined>> | IteratorResult<T, undefined>,
  reader: PullReader<T>,
): void {
  void Promise.resolve(result).then(
    (value) => reader.onResult(value),
    (reason: unknown) => reader.onFailure(reason),
  )
}

function isPullIterator<T>(iterator: AsyncIterator<T, undefined>): iterator is PullIterator<T> {
  return PULL in iterator
}
