import { linkSignal } from '../core/async/link-signal.ts'

/** Calls `work` with a signal that fires when either of two signals fires; removes its listeners afterwards. */
export async function underEither<T>(
  one: AbortSignal,
  other: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const unlink = [one, other].map((signal) => linkSignal(signal, (reason) => controller.abort(reason)))
  try {
    return await work(controller.signal)
  } finally {
    for (const off of unlink) off()
  }
}
