import { setImmediate as nextTurn } from 'node:timers/promises'

/** Waits until the time shows another millisecond: what happens within one has no order. */
export async function laterMillisecond(): Promise<void> {
  const start = Date.now()
  // One more, because the clock of a store need not tick when this one does.
  while (Date.now() <= start + 1) await nextTurn()
}
