import { equal } from 'node:assert/strict'
import type { RunChange } from '../../../runs/run-store.ts'
import { eventsOf, terminal, type RunStoreCalls, type RunStoreCheck } from './calls.ts'

/** Declares checks of notifications. */
export function declareWatching(check: RunStoreCheck): void {
  check('notifies a watcher of events, a stop, and the end of its run', async (calls) => {
    const { lease, append, end, stop, until } = calls
    const own = await lease()
    let seq = -1
    const write = () => append(own, eventsOf((seq += 1), seq))
    const { changes, unwatch } = await watching(calls, write)
    const expectWord = async (change: RunChange, call: () => Promise<unknown>): Promise<void> => {
      changes.length = 0
      await call()
      await until(`The notification of '${change}'`, () => changes.includes(change))
    }
    await expectWord('events', write)
    await expectWord('stop', () => stop())
    await expectWord('events', () => end(own, [terminal(seq + 1)]))
    unwatch()
  })

  check('does not notify a watcher that has unsubscribed, and notifies all others', async (calls) => {
    const { lease, append, until } = calls
    const own = await lease()
    let seq = -1
    const write = () => append(own, eventsOf((seq += 1), seq))
    const [one, other] = [await watching(calls, write), await watching(calls, write)]
    one.unwatch()
    one.unwatch()
    one.changes.length = 0
    other.changes.length = 0
    await write()
    await until('The notification of events', () => other.changes.length > 0)
    equal(one.changes.length, 0)
    other.unwatch()
  })
}

/** Watches, and makes changes until a notification arrives, because the subscription may take a while. */
async function watching({ watch, until }: RunStoreCalls, change: () => Promise<unknown>) {
  const changes: RunChange[] = []
  const unwatch = watch((change) => void changes.push(change))
  await until('The first notification', async () => {
    await change()
    return changes.length > 0
  })
  return { changes, unwatch }
}
