import { ignoreRejection } from '../async/iterators.ts'

/** Calls an observer. What it throws or rejects with is its own affair: the stream goes on. */
export function callHook<T>(hook: ((value: T) => unknown) | undefined, value: T): void {
  if (!hook) return
  try {
    const outcome = hook(value)
    if (outcome instanceof Promise) ignoreRejection(outcome)
  } catch {
    // An observer that fails must not take the answer down with it, and a library does not print.
  }
}
