import { DONE } from './iterators.ts'

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
  /** Reads the next result, and calls the reader with it, maybe before this returns. */
  [PULL](reader: PullReader<T>): void
}

/**
 * Returns the iterator if it can be pulled, or else one that can and reads it with promises. A token passes several
 * iterators, and a promise at each would cost more than parsing it.
 */
export function toPullIterator<T>(iterator: AsyncIterator<T, undefined>): PullIterator<T> {
  if (isPullIterator(iterator)) return iterator
  return {
    next: () => iterator.next(),
    [PULL]: (reader) => read(iterator, reader),
    return: async () => (await iterator.return?.()) ?? DONE,
  }
}

function read<T>(iterator: AsyncIterator<T, undefined>, reader: PullReader<T>): void {
  // An iterator may throw instead of rejecting, or return its result without a promise.
  let result: PromiseLike<IteratorResult<T, undefined>> | IteratorResult<T, undefined>
  try {
    result = iterator.next()
  } catch (thrown) {
    return reader.onFailure(thrown)
  }
  void Promise.resolve(result).then(
    (value) => reader.onResult(value),
    (reason: unknown) => reader.onFailure(reason),
  )
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
    const state = { iterator: toPullIterator(iterator), consumer, resolve, isPulling: false, isTaken: false }
    readNext({ ...state, onResult: takeResult, onFailure: reject })
  })
}

/** The state of {@link pullEach}. Its functions are shared: an open stream has few closures, and so little memory. */
interface Reading<T, End> extends PullReader<T> {
  readonly iterator: PullIterator<T>
  readonly consumer: Consumer<T, End>
  readonly resolve: (end: End) => void
  isPulling: boolean
  isTaken: boolean
}

// A loop, because a call for each result that is ready would fill the stack.
function readNext<T, End>(reading: Reading<T, End>): void {
  if (reading.isPulling) {
    reading.isTaken = true
    return
  }
  reading.isPulling = true
  try {
    do {
      reading.isTaken = false
      reading.consumer.onRead()
      reading.iterator[PULL](reading)
    } while (reading.isTaken)
  } catch (thrown) {
    reading.onFailure(thrown)
  }
  reading.isPulling = false
}

function takeResult<T, End>(this: Reading<T, End>, result: IteratorResult<T, undefined>): void {
  let paused
  try {
    paused = this.consumer.take(result)
  } catch (thrown) {
    return this.onFailure(thrown)
  }
  if (!paused) return readNext(this)
  paused.then(
    (end) => {
      if (end === undefined) readNext(this)
      else this.resolve(end)
    },
    (reason: unknown) => this.onFailure(reason),
  )
}

/** Converts a `next()` that returns promises to a pull. */
export function toPull<T>(next: () => Promise<IteratorResult<T, undefined>>): (reader: PullReader<T>) => void {
  const iterator = { next }
  return (reader) => read(iterator, reader)
}

/** The `next()` of an iterator that can be pulled. */
export function nextOfPull<T>(this: PullIterator<T>): Promise<IteratorResult<T, undefined>> {
  return new Promise((onResult, onFailure) => this[PULL]({ onResult, onFailure }))
}

function isPullIterator<T>(iterator: AsyncIterator<T, undefined>): iterator is PullIterator<T> {
  // An iterable of the application may return anything, which then fails at the first read.
  return typeof iterator === 'object' && iterator !== null && PULL in iterator
}
