import { join } from 'node:path'
import { startChild, type Child } from '../child.ts'
import type { ContenderQuestion } from './contender-process.ts'
import { contenders, type BenchSearch } from './contenders.ts'

const TOP_K = 5
const ADDED_AT_A_TIME = 1_000
const COMPARED_QUERIES = 10

/** The filters that are measured: every vector, a tenth and a hundredth of them. */
export const SHARES = [1, 10, 100] as const

/** The options of {@link measureRetrieval}. */
export interface RetrievalOptions {
  /** Number of vectors. */
  readonly size: number
  /** Number of rounds; all contenders take turns in each. */
  readonly rounds: number
  /** Number of queries of a contender in a round, for each filter. */
  readonly queries: number
}

/** The figures of one contender. Times are CPU time in milliseconds. */
export interface RetrievalFigures {
  readonly name: string
  /** For all vectors. */
  readonly buildMs: number
  /** -1 if it cannot be opened again. */
  readonly reopenMs: number
  /** Growth of the process after building. */
  readonly memoryMebibytes: number
  /** For each of {@link SHARES}, the time of one query in each round. */
  readonly queryMs: ReadonlyMap<number, readonly number[]>
  /** For each of {@link SHARES}, the share of the hits of the first contender that it finds. */
  readonly recall: ReadonlyMap<number, number>
}

interface Lane {
  readonly name: string
  readonly child: Child<ContenderQuestion>
}

/** Measures all contenders, each in a process of its own. They take turns, so that other work affects all equally. */
export async function measureRetrieval({
  size,
  rounds,
  queries,
}: RetrievalOptions): Promise<readonly RetrievalFigures[]> {
  const lanes = Object.keys(contenders).map((name) => ({
    name,
    child: startChild<ContenderQuestion>(join(import.meta.dirname, 'contender-process.ts'), { args: [name] }),
  }))
  try {
    const built: Pick<RetrievalFigures, 'name' | 'buildMs' | 'memoryMebibytes'>[] = []
    for (const lane of lanes) built.push(await build(lane, size))
    const times = await measureQueries(lanes, { size, rounds, queries })
    const recalls = await compareHits(lanes)
    const figures: RetrievalFigures[] = []
    for (const [at, { child }] of lanes.entries()) {
      const { name = '', buildMs = Number.NaN, memoryMebibytes = Number.NaN } = built[at] ?? {}
      const [queryMs, recall] = [times.get(name) ?? new Map(), recalls.get(name) ?? new Map()]
      const reopenMs = await child.ask({ type: 'reopen' })
      figures.push({ name, buildMs, memoryMebibytes, reopenMs, queryMs, recall })
    }
    for (const { child } of lanes) await child.ask({ type: 'close' })
    return figures
  } finally {
    await Promise.all(lanes.map(({ child }) => child.stop()))
  }
}

async function build(
  { name, child }: Lane,
  size: number,
): Promise<Pick<RetrievalFigures, 'name' | 'buildMs' | 'memoryMebibytes'>> {
  let buildMs = 0
  for (let added = 0; added < size; added += ADDED_AT_A_TIME) {
    buildMs += await child.ask({ type: 'add', count: Math.min(ADDED_AT_A_TIME, size - added) })
  }
  return { name, buildMs, memoryMebibytes: await child.ask({ type: 'memory' }) }
}

async function measureQueries(
  lanes: readonly Lane[],
  { rounds, queries }: RetrievalOptions,
): Promise<ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>> {
  const times = new Map(lanes.map(({ name }) => [name, new Map<number, number[]>(SHARES.map((oneIn) => [oneIn, []]))]))
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const oneIn of SHARES) {
      for (const { name, child } of lanes) {
        const used = await child.ask({ ...searchOf(oneIn), type: 'search', queries, seed: 2 + round })
        if (round > 0) times.get(name)?.get(oneIn)?.push(used)
      }
    }
  }
  return times
}

async function compareHits(lanes: readonly Lane[]): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const recalls = new Map(lanes.map(({ name }) => [name, new Map<number, number>()]))
  for (const oneIn of SHARES) {
    let expected: readonly number[] = []
    for (const { name, child } of lanes) {
      await child.ask({ ...searchOf(oneIn), type: 'search', queries: COMPARED_QUERIES, seed: 1_000 })
      const hits: number[] = []
      for (let query = 0; query < COMPARED_QUERIES; query++) {
        for (let rank = 0; rank < TOP_K; rank++) hits.push(await child.ask({ type: 'hit', query, rank }))
      }
      if (expected.length === 0) expected = hits
      const found = expected.filter((id, at) => {
        const start = at - (at % TOP_K)
        return hits.slice(start, start + TOP_K).includes(id)
      })
      recalls.get(name)?.set(oneIn, found.length / expected.length)
    }
  }
  return recalls
}

function searchOf(oneIn: number): BenchSearch {
  return { topK: TOP_K, oneIn }
}
