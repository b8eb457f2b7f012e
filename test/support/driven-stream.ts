import type { ChatEvent } from '../../src/index.ts'

/** A stream that a test drives by hand; it notes how it was read. */
export interface DrivenStream extends AsyncIterable<ChatEvent> {
  /** Answers the oldest read that waits, or else the next one. */
  push(event: ChatEvent): void
  end(): void
  fail(error: unknown): void
  /** How often the next event was asked for. */
  readonly reads: number
  /** How often the reader has left. */
  readonly returns: number
}

/** Creates a stream that says what it is told to, and nothing when its reader leaves: it is deaf. */
export function drivenStream(): DrivenStream {
  const answers: PromiseWithResolvers<IteratorResult<ChatEvent>>[] = []
  let answered = 0
  let reads = 0
  let returns = 0
  const answer = (index: number) => (answers[index] ??= Promise.withResolvers())
  const fail = (error: unknown) => {
    const { promise, reject } = answer(answered++)
    // A failure may be there before anybody reads it.
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
