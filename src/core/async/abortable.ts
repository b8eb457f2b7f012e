import { askToReturn, DONE } from './iterators.ts'
import { linkSignal } from './link-signal.ts'

/**
 * Reads `iterable` until `signal` fires. Then the pending read rejects at once with the signal's reason, even if the
 * source ignores the signal, and the source is asked to stop. Call `return()` in a `finally`: it removes the listener.
 */
export function abortable<T>(iterable: AsyncIterable<T>, signal: AbortSignal): AsyncIterator<T, undefined> {
  let iterator: AsyncIterator<T> | undefined
  let resolve: (result: IteratorResult<T, undefined>) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  let finished = false
  const unlink = linkSignal(signal, (reason) => {
    reject(reason)
    stop()
  })

  // A source that has ended or thrown does not need to be stopped.
  function stop(): void {
    if (!finished) askToReturn(iterator)
    finished = true
  }

  function onResult(result: IteratorResult<T>): void {
    finished ||= result.done === true
    resolve(result.done ? DONE : result)
  }

  function onFailure(reason: unknown): void {
    finished = true
    reject(reason)
  }

  // These functions are created once, not for each read, because they run for every token.
  function read(resolveRead: typeof resolve, rejectRead: typeof reject): void {
    resolve = resolveRead
    reject = rejectRead
    signal.throwIfAborted()
    iterator ??= iterable[Symbol.asyncIterator]()
    iterator.next().then(onResult, onFailure)
  }

  return {
    next: () => new Promise(read),
    return() {
      unlink()
      stop()
      return Promise.resolve(DONE)
    },
  }
}

/** Waits for `promise`; rejects with the signal's reason as soon as `signal` fires. */
export function untilAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const unlink = linkSignal(signal, reject)
    promise.then(
      (value) => {
        unlink()
        resolve(value)
      },
      (reason: unknown) => {
        unlink()
        reject(reason)
      },
    )
  })
}
