import type { ChatEvent } from '../../src/index.ts'

/** A stream that a test drives by hand; it records its reads. */
export interface DrivenStream extends AsyncIterable<ChatEvent> {
  /** Answers the oldest pending read, or else the next one. */
  push(event: ChatEvent): void
  end(): void
  fail(error: unknown): void
  /** The number of reads. */
  readonly reads: number
  /** The number of calls of return(). */
  readonly returns: number
}

/** Creates a stream that yields only the given events; return() does not settle its pending reads. */
export function drivenStream(): DrivenStream {
  const answers: PromiseWithResolvers<IteratorResult<ChatEvent>>[] = []
  let answered = 0
  let reads = 0
  let returns = 0
  const answer = (index: number) => (answers[index] ??= Promise.withResolvers())
  const fail = (error: unknown) => {
    const { promise, reject } = answer(answered++)
    // The promise may reject before it is read.
    promise.catch(() => {})
    reject(error)
  }
  return {
    push: (value) => answer(answered++).resolve({ value, done: false }),
    end: () => answer(answered++).resolve({ value: undefined, done: true }),
    fail,
    get reads() {
      return reads
    },
    get returns() {
      return returns
    },
    [Symbol.asyncIterator]: () => ({
      next: () => answer(reads++).promise,
      return() {
        returns += 1
        return Promise.resolve({ value: undefined, done: true })
      },
    }),
  }
}
