import { setTimeout as sleep } from 'node:timers/promises'
import { withLanes, type Lane, type LaneName, type LaneSpec } from './lanes.ts'
import { shuffled } from './shuffled.ts'
import type { Workload } from './workload.ts'

type Figures<Figure> = Readonly<Partial<Record<LaneName, Figure>>>

/** The results of one round for each server that was measured. */
export type Round = Figures<number>

/** Measures servers in a number of rounds. Resolves with the rounds of each figure. */
export type Measurement = (lanes: readonly LaneSpec[], rounds: number) => Promise<readonly (readonly Round[])[]>

// The time from the last connection until every answer is certainly in progress.
const SETTLE_MS = 1_000

/** The load for each server. */
export interface LoadOptions extends Workload {
  /** The number of answers at the same time. */
  readonly streams: number
}

/**
 * CPU time of the server's process for one token of complete answers, in microseconds. The servers take turns in a
 * random order.
 */
export function measureAnswers(options: LoadOptions & { readonly repeats?: number }): Measurement {
  const { streams, repeats = 1, ...workload } = options
  return inRounds(workload, (lanes) =>
    takeTurns(lanes, async ({ server, readAnswers }) => {
      const before = await server.ask('cpuMicros')
      for (let repeat = 0; repeat < repeats; repeat++) await readAnswers(streams)
      return ((await server.ask('cpuMicros')) - before) / (streams * workload.tokens * repeats)
    }),
  )
}

/**
 * CPU time of the server's process for one token of answers in progress, in microseconds. Without turns, the servers are
 * loaded at the same time, because they mostly wait, so that other work of the machine affects all of them equally.
 */
export function measurePaced(options: LoadOptions & { readonly turns: boolean }): Measurement {
  const { streams, turns, ...workload } = options
  const windowMs = (workload.tokens * workload.intervalMs) / 2
  const measureLane = async (lane: Lane): Promise<number> => {
    const used = await whileOpen(lane, streams, async () => {
      const before = await lane.server.ask('cpuMicros')
      await sleep(windowMs)
      return (await lane.server.ask('cpuMicros')) - before
    })
    return used / (streams * (windowMs / workload.intervalMs))
  }
  return inRounds(workload, (lanes) => (turns ? takeTurns(lanes, measureLane) : together(lanes, measureLane)))
}

/** Median time from the sending of a token by the upstream until the client has it, in milliseconds. */
export function measureLatency({ streams, ...workload }: LoadOptions): Measurement {
  return inRounds(workload, (lanes) =>
    takeTurns(lanes, async ({ readAnswers, medianLatencyMs }) => {
      await readAnswers(streams)
      return medianLatencyMs()
    }),
  )
}

interface Memory {
  readonly heap: number
  readonly resident: number
}

/**
 * Live heap and resident memory for one open stream, in KiB: their growth, after a garbage collection, until all streams
 * of a server are open.
 */
export function measureOpen({ streams, ...workload }: LoadOptions): Measurement {
  const memoryOf = async ({ server }: Lane): Promise<Memory> => ({
    heap: await server.ask('heapBytes'),
    resident: await server.ask('rssBytes'),
  })
  const measureLane = async (lane: Lane): Promise<Memory> => {
    const before = await memoryOf(lane)
    const after = await whileOpen(lane, streams, () => memoryOf(lane))
    const perStream = (figure: keyof Memory): number => (after[figure] - before[figure]) / 1024 / streams
    return { heap: perStream('heap'), resident: perStream('resident') }
  }
  return async (specs, count) => {
    const rounds: Figures<Memory>[] = []
    // New processes for each round: memory retained from one round would falsify the next.
    while (rounds.length < count)
      rounds.push(...(await inLanes(specs, { workload, rounds: 1, measure: (lanes) => together(lanes, measureLane) })))
    return (['heap', 'resident'] as const).map((figure) => rounds.map((round) => pick(round, figure)))
  }
}

function pick(round: Figures<Memory>, figure: keyof Memory): Round {
  return Object.fromEntries(Object.entries(round).map(([name, memory]) => [name, memory[figure]]))
}

/** A measurement of one figure, with the same processes in all rounds. */
function inRounds(workload: Workload, measure: (lanes: readonly Lane[]) => Promise<Round>): Measurement {
  return async (specs, rounds) => [await inLanes(specs, { workload, rounds, measure })]
}

interface LaneRun<Result> {
  readonly workload: Workload
  readonly rounds: number
  readonly measure: (lanes: readonly Lane[]) => Promise<Result>
}

function inLanes<Result>(specs: readonly LaneSpec[], run: LaneRun<Result>): Promise<readonly Result[]> {
  return withLanes(specs, async ({ lanes, setWorkload }) => {
    await setWorkload(run.workload)
    const results: Result[] = []
    while (results.length < run.rounds) results.push(await run.measure(lanes))
    return results
  })
}

async function takeTurns(lanes: readonly Lane[], measure: (lane: Lane) => Promise<number>): Promise<Round> {
  const figures: [LaneName, number][] = []
  for (const lane of shuffled(lanes)) figures.push([lane.name, await measure(lane)])
  return Object.fromEntries(figures)
}

async function together<Figure>(
  lanes: readonly Lane[],
  measure: (lane: Lane) => Promise<Figure>,
): Promise<Figures<Figure>> {
  const figures = lanes.map(async (lane) => [lane.name, await measure(lane)] as const)
  return Object.fromEntries(await Promise.all(figures)) as Figures<Figure>
}

/** Reads answers, and measures once all of them are in progress. */
async function whileOpen<Figure>(
  { name, server, readAnswers }: Lane,
  streams: number,
  measure: () => Promise<Figure>,
): Promise<Figure> {
  let over = false
  const read = async (): Promise<void> => {
    await readAnswers(streams)
    over = true
  }
  const measureOpen = async (): Promise<Figure> => {
    while (!over && (await server.ask('openStreams')) < streams) await sleep(SETTLE_MS / 10)
    await sleep(SETTLE_MS)
    const figure = await measure()
    if (over) throw new Error(`${name}: the answers were over before they were measured`)
    return figure
  }
  const [figure] = await Promise.all([measureOpen(), read()])
  return figure
}
