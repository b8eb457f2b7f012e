import { join } from 'node:path'
import { startChild } from '../child.ts'
import { benchStores } from './bench-stores.ts'
import type { SearchKind, StoreQuestion } from './store-process.ts'

/** The filters that are measured: all documents, a tenth and a hundredth of them. */
export const STORE_SHARES = [1, 10, 100] as const

/** Both kinds of search. */
export const SEARCH_KINDS: readonly SearchKind[] = ['terms', 'vectors']

/** The figures of a store at one size. */
export interface StoreFigures {
  readonly name: string
  /** True if times of queries are wall times. */
  readonly isServer: boolean
  readonly chunksPerSecond: number
  /** Growth of the process after building. */
  readonly memoryMebibytes: number
  /** Wall time; -1 if it cannot be opened again. */
  readonly openMs: number
  /** The time of one query in each round, for each kind and share, such as `terms 10`. */
  readonly queryMs: ReadonlyMap<string, readonly number[]>
  /** The share of the best five of a full scan that it finds. */
  readonly recall: ReadonlyMap<string, number>
}

const ADDED_AT_A_TIME = 1_000

/** Measures a store in a process of its own. */
export async function measureStore(
  name: string,
  { size, rounds }: { readonly size: number; readonly rounds: number },
): Promise<StoreFigures> {
  const { vectors = false, isServer = false } = benchStores[name] ?? {}
  const kinds = SEARCH_KINDS.filter((kind) => kind === 'terms' || vectors)
  const searches = kinds.flatMap((kind) => STORE_SHARES.map((oneIn) => ({ kind, oneIn })))
  const child = startChild<StoreQuestion>(join(import.meta.dirname, 'store-process.ts'), { args: [name] })
  try {
    let buildMs = 0
    for (let added = 0; added < size; added += ADDED_AT_A_TIME)
      buildMs += await child.ask({ type: 'add', count: Math.min(ADDED_AT_A_TIME, size - added) })
    const memoryMebibytes = await child.ask({ type: 'memory' })
    const queryMs = new Map(searches.map((search) => [keyOf(search), [] as number[]]))
    const recall = new Map<string, number>()
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const search of searches) {
        const used = await child.ask({ type: 'search', ...search, seed: 2 + round })
        if (round > 0) queryMs.get(keyOf(search))?.push(used)
      }
    }
    for (const search of searches) recall.set(keyOf(search), await child.ask({ type: 'recall', ...search }))
    const openMs = await child.ask({ type: 'open' })
    await child.ask({ type: 'close' })
    return { name, isServer, chunksPerSecond: (size / buildMs) * 1000, memoryMebibytes, openMs, queryMs, recall }
  } finally {
    await child.stop()
  }
}

/** Returns the key of a search in the figures. */
export function keyOf({ kind, oneIn }: { readonly kind: SearchKind; readonly oneIn: number }): string {
  return `${kind} ${oneIn}`
}
