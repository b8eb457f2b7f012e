import { ignoreRejection } from '../async/iterators.ts'

/** Calls an observer. If it throws or rejects, the error is ignored and the stream continues. */
export function callHook<T>(hook: ((value: T) => unknown) | undefined, value: T): void {
  if (!hook) return
  try {
    const outcome = hook(value)
    if (outcome instanceof Promise) ignoreRejection(outcome)
  } catch {
    // A failing observer must not end the answer, and a library does not print.
  }
}
