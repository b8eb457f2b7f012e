import { askToReturn, DONE } from './iterators.ts'
import { linkSignal } from './link-signal.ts'

/**
 * Reads `iterable`, but lets `signal` win: its abort rejects the pending read with the signal's reason at
 * once and asks the source to stop, even if the source is deaf. Call `return()` in a `finally`: a loop that
 * ends by itself or by a throw does not.
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

  // A source that has ended or thrown need not be asked to stop.
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

  // These functions are made once and not for each read: this stands in the path of every token.
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

/** Waits for `promise`, but no longer than until `signal` aborts: then it rejects with the signal's reason. */
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
