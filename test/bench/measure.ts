import { setTimeout as sleep } from 'node:timers/promises'
import { withLanes, type Lane, type ServerName } from './lanes.ts'
import { shuffled } from './shuffled.ts'
import type { Workload } from './workload.ts'

/** The results of one round for each server. */
export type Round = Readonly<Record<ServerName, number>>

// The time from the last connection until every answer is certainly in progress.
const SETTLE_MS = 1_000

/** The load for each server. */
export interface MeasureOptions extends Workload {
  readonly streams: number
  readonly rounds: number
}

/**
 * CPU time of the server's process for one token of complete answers, in microseconds. The servers take turns in a
 * random order.
 */
export function measureAnswers({ streams, rounds, ...workload }: MeasureOptions): Promise<readonly Round[]> {
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

/**
 * CPU time of the server's process for one token of answers in progress, in microseconds. The servers are loaded at
 * the same time, because they mostly wait, so that other work of the machine affects all of them equally.
 */
export function measurePaced({ streams, rounds, ...workload }: MeasureOptions): Promise<readonly Round[]> {
  const windowMs = (workload.tokens * workload.intervalMs) / 2
  const measureLane = async (lane: Lane): Promise<readonly [ServerName, number]> => {
    const used = await whileOpen(lane, streams, async () => {
      const before = await lane.server.ask('cpuMicros')
      await sleep(windowMs)
      return (await lane.server.ask('cpuMicros')) - before
    })
    return [lane.name, used / (streams * (windowMs / workload.intervalMs))]
  }
  return withLanes(async ({ lanes, setWorkload }) => {
    await setWorkload(workload)
    const results: Round[] = []
    while (results.length < rounds) results.push(toRound(new Map(await Promise.all(lanes.map(measureLane)))))
    return results
  })
}

/**
 * Live heap for one open stream, in KiB: the heap after a garbage collection while all streams of a server are open.
 */
export async function measureHeap({ streams, rounds, ...workload }: MeasureOptions): Promise<readonly Round[]> {
  const measureLane = async (lane: Lane): Promise<readonly [ServerName, number]> => {
    const before = await lane.server.ask('heapBytes')
    const after = await whileOpen(lane, streams, () => lane.server.ask('heapBytes'))
    return [lane.name, (after - before) / 1024 / streams]
  }
  const results: Round[] = []
  while (results.length < rounds) {
    // New processes for each round: memory retained from one round would falsify the next.
    const heap = await withLanes(async ({ lanes, setWorkload }) => {
      await setWorkload(workload)
      return Promise.all(lanes.map(measureLane))
    })
    results.push(toRound(new Map(heap)))
  }
  return results
}

/** Reads answers, and measures once all of them are in progress. */
async function whileOpen(
  { name, server, readAnswers }: Lane,
  streams: number,
  measure: () => Promise<number>,
): Promise<number> {
  let over = false
  const read = async (): Promise<void> => {
    await readAnswers(streams)
    over = true
  }
  const measureOpen = async (): Promise<number> => {
    while (!over && (await server.ask('openStreams')) < streams) await sleep(SETTLE_MS / 10)
    await sleep(SETTLE_MS)
    const figure = await measure()
    if (over) throw new Error(`${name}: the answers were over before they were measured`)
    return figure
  }
  const [figure] = await Promise.all([measureOpen(), read()])
  return figure
}

function toRound(figures: ReadonlyMap<ServerName, number>): Round {
  const figure = (name: ServerName): number => figures.get(name) ?? Number.NaN
  return { pipe: figure('pipe'), relay: figure('relay'), ragwire: figure('ragwire') }
}
