import { setTimeout as sleep } from 'node:timers/promises'
import { withLanes, type Lane, type LaneName, type LaneSpec } from './lanes.ts'
import { shuffled } from './shuffled.ts'
import type { Workload } from './workload.ts'

type Figures<Figure> = Readonly<Partial<Record<LaneName, Figure>>>

/** The results of one round for each server that was measured. */
export type Round = Figures<number>

/** Measures servers in a number of rounds. Resolves with the rounds of each figure. */
export type Measurement = (lanes: readonly LaneSpec[], rounds: number) => Promise<readonly (readonly Round[])[]>

// The time from the first token of the last answer until the work of the beginning is over.
const SETTLE_MS = 1_000

/** The load for each server. */
export interface LoadOptions extends Workload {
  /** The number of answers at the same time. */
  readonly streams: number
}

/** The load of complete answers. */
export interface AnswersOptions extends LoadOptions {
  /** The number of times that a round reads the answers. @defaultValue 1 */
  readonly repeats?: number
  /** Rounds before the first one that counts. @defaultValue 1 */
  readonly discarded?: number
}

/** The load of answers in progress. */
export interface PacedOptions extends LoadOptions {
  /** The measured time, in milliseconds. */
  readonly windowMs: number
  /** True if only one server is loaded at a time. */
  readonly turns: boolean
  /** Answers that each server sends before the first round, with less time between the tokens than in the rounds. */
  readonly warmUp: WarmUp
}

/** The answers of a warm-up. */
export interface WarmUp extends LoadOptions {
  /** The number of times that the answers are read. */
  readonly repeats: number
}

/**
 * CPU time of the server's process for one token of complete answers, in microseconds. The servers take turns in a
 * random order.
 */
export function measureAnswers(options: AnswersOptions): Measurement {
  const { streams, repeats = 1, discarded = 1, ...workload } = options
  const measureLane = async ({ server, readAnswers }: Lane): Promise<number> => {
    const before = await server.ask('cpuMicros')
    for (let repeat = 0; repeat < repeats; repeat++) await readAnswers(streams)
    return ((await server.ask('cpuMicros')) - before) / (streams * workload.tokens * repeats)
  }
  const measure = (lanes: readonly Lane[]): Promise<Round> => takeTurns(lanes, measureLane)
  // The engine compiles what this load needs in the first rounds.
  return async (specs, rounds) => [await inLanes(specs, { workload, discarded, rounds, measure })]
}

/**
 * CPU time of the server's process for one token of answers in progress, in microseconds. It is divided by the tokens that
 * the client got meanwhile. Without turns, the servers are loaded at the same time, because they mostly wait, so that other
 * work of the machine affects all of them equally.
 */
export function measurePaced(options: PacedOptions): Measurement {
  const { streams, windowMs, turns, warmUp, ...workload } = options
  const measureLane = (lane: Lane): Promise<number> =>
    whileOpen(lane, streams, async () => {
      const before = await progressOf(lane)
      await sleep(windowMs)
      const after = await progressOf(lane)
      return (after.cpuMicros - before.cpuMicros) / (after.tokens - before.tokens)
    })
  const measure = (lanes: readonly Lane[]): Promise<Round> =>
    turns ? takeTurns(lanes, measureLane) : together(lanes, measureLane)
  return async (specs, rounds) => [await inLanes(specs, { workload, warmUp, rounds, measure })]
}

async function progressOf({ server, client }: Lane): Promise<{ readonly cpuMicros: number; readonly tokens: number }> {
  const [cpuMicros, tokens] = await Promise.all([server.ask('cpuMicros'), client.ask('tokensRead')])
  return { cpuMicros, tokens }
}

/**
 * Median time from the sending of a token by the upstream until the client has it, in milliseconds. The servers take turns,
 * because they would wait for each other's cores.
 */
export function measureLatency({ streams, ...workload }: LoadOptions): Measurement {
  const measure = (lanes: readonly Lane[]): Promise<Round> =>
    takeTurns(lanes, async ({ readAnswers, client }) => {
      await readAnswers(streams)
      return client.ask('medianLatencyMs')
    })
  return async (specs, rounds) => [await inLanes(specs, { workload, rounds, measure })]
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

interface LaneRun<Result> {
  readonly workload: Workload
  readonly warmUp?: WarmUp
  /** Rounds before the first one that counts. @defaultValue 0 */
  readonly discarded?: number
  readonly rounds: number
  readonly measure: (lanes: readonly Lane[]) => Promise<Result>
}

/** Measures rounds with the same processes. */
function inLanes<Result>(specs: readonly LaneSpec[], run: LaneRun<Result>): Promise<readonly Result[]> {
  return withLanes(specs, async ({ lanes, setWorkload }) => {
    if (run.warmUp) {
      const { streams, repeats, ...workload } = run.warmUp
      await setWorkload(workload)
      for (const lane of lanes) for (let repeat = 0; repeat < repeats; repeat++) await lane.readAnswers(streams)
    }
    await setWorkload(run.workload)
    const { rounds, discarded = 0 } = run
    const results: Result[] = []
    while (results.length < discarded + rounds) results.push(await run.measure(lanes))
    return results.slice(discarded)
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
  { name, client, readAnswers }: Lane,
  streams: number,
  measure: () => Promise<Figure>,
): Promise<Figure> {
  let over = false
  const read = async (): Promise<void> => {
    await readAnswers(streams)
    over = true
  }
  const measureOpen = async (): Promise<Figure> => {
    while (!over && (await client.ask('answersBegun')) < streams) await sleep(SETTLE_MS / 10)
    await sleep(SETTLE_MS)
    const figure = await measure()
    if (over) throw new Error(`${name}: the answers were over before they were measured`)
    return figure
  }
  // The client has the load before the questions about it.
  const [, figure] = await Promise.all([read(), measureOpen()])
  return figure
}
