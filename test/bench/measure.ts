import { setTimeout as sleep } from 'node:timers/promises'
import { withLanes, type Lane, type ServerName } from './lanes.ts'
import type { Workload } from './workload.ts'

/** What one round found for each server. */
export type Round = Readonly<Record<ServerName, number>>

/** How much is asked of each server. */
export interface MeasureOptions extends Workload {
  readonly streams: number
  readonly rounds: number
}

/** CPU time of the server's process for one token, in microseconds. The servers take turns, in an order by chance. */
export function measureCpu({ streams, rounds, ...workload }: MeasureOptions): Promise<readonly Round[]> {
  return withLanes(async ({ lanes, setWorkload }) => {
    await setWorkload(workload)
    const results: Round[] = []
    while (results.length < rounds) {
      const used = new Map<ServerName, number>()
      for (const { name, server, readAnswers } of shuffled(lanes)) {
        const before = await server.ask('cpuMicros')
        await readAnswers(streams)
        used.set(name, ((await server.ask('cpuMicros')) - before) / (streams * workload.tokens))
      }
      results.push(toRound(used))
    }
    return results
  })
}

/** Live heap for one open stream, in KiB: what a collection leaves while all streams of a server are open. */
export async function measureHeap({ streams, rounds, ...workload }: MeasureOptions): Promise<readonly Round[]> {
  const measureLane = async ({ name, server, readAnswers }: Lane): Promise<readonly [ServerName, number]> => {
    const before = await server.ask('heapBytes')
    const whileOpen = async (): Promise<number> => {
      while ((await server.ask('openStreams')) < streams) await sleep(100)
      // By then the upstream has begun to answer, too.
      await sleep(1.5 * workload.intervalMs)
      return server.ask('heapBytes')
    }
    const [after] = await Promise.all([whileOpen(), readAnswers(streams)])
    return [name, (after - before) / 1024 / streams]
  }
  const results: Round[] = []
  while (results.length < rounds) {
    const heap = await withLanes(async ({ lanes, setWorkload }) => {
      await setWorkload(workload)
      return Promise.all(lanes.map(measureLane))
    })
    results.push(toRound(new Map(heap)))
  }
  return results
}

function toRound(figures: ReadonlyMap<ServerName, number>): Round {
  const figure = (name: ServerName): number => figures.get(name) ?? Number.NaN
  return { pipe: figure('pipe'), relay: figure('relay'), ragwire: figure('ragwire') }
}

function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}
