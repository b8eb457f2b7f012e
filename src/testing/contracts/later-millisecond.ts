import { setImmediate as nextTurn } from 'node:timers/promises'

/** Waits until the clock shows another millisecond, because events within one have no order. */
export async function laterMillisecond(): Promise<void> {
  const start = Date.now()
  // One more, because the clock of a store may tick later than this one.
  while (Date.now() <= start + 1) await nextTurn()
}
