import type { ChatSnapshot, Readable } from '../../../src/client.ts'
import { withinTimeLimit } from '../../../src/testing/within-time-limit.ts'

/** Resolves with the first snapshot, from the current one on, that fits. */
export async function until<Snapshot>(
  store: Readable<Snapshot>,
  fits: (snapshot: Snapshot) => boolean,
): Promise<Snapshot> {
  const { promise, resolve } = Promise.withResolvers<Snapshot>()
  const look = (): void => {
    const snapshot = store.getSnapshot()
    if (fits(snapshot)) resolve(snapshot)
  }
  const unsubscribe = store.subscribe(look)
  look()
  try {
    return await withinTimeLimit(promise, 10_000, () => `Never like this: ${JSON.stringify(store.getSnapshot())}`)
  } finally {
    unsubscribe()
  }
}

/** Resolves when the answer of the last turn contains a text. */
export function untilAnswer(store: Readable<ChatSnapshot>, text: string): Promise<ChatSnapshot> {
  return until(store, ({ turns }) => turns.at(-1)?.result.answer.includes(text) === true)
}
