import { benchStores } from './bench-stores.ts'
import { keyOf, measureStore, SEARCH_KINDS, STORE_SHARES, type StoreFigures } from './measure-stores.ts'

/** The options of {@link runStores}. */
export interface StoresRun {
  /** The numbers of chunks. */
  readonly sizes: readonly number[]
  /** Number of rounds of queries. */
  readonly rounds: number
}

/** Measures the stores at several sizes, and returns a report in Markdown. */
export async function runStores({ sizes, rounds }: StoresRun): Promise<string> {
  const rows: string[] = []
  for (const size of sizes) {
    for (const [name, { maxSize }] of Object.entries(benchStores)) {
      if (size > maxSize) continue
      console.error(`Measuring ${name} with ${size} chunks ...`)
      rows.push(renderStore(size, await measureStore(name, { size, rounds })))
    }
  }
  const titles = ['terms, CPU ms', 'vectors, CPU ms'].map((title) => `${title}: all; 10 %; 1 % allowed`)
  return [
    `| store | chunks | built, chunks/s | memory | open | ${titles.join(' | ')} | recall@5 |`,
    `|---|${'---:|'.repeat(4)}---|---|---|`,
    ...rows,
    '',
    'Chunks of 80 words (terms and pairs) with a vector of 384 dimensions, queries of 6 words, the 5 best. Medians; in',
    'brackets the range over the rounds. Built: 64 documents a commit, wall time, without splitting and embedding. Memory is',
    'the growth of the process. Open: until the first search is answered. * wall time, because a server does the work.',
  ].join('\n')
}

function renderStore(size: number, figures: StoreFigures): string {
  const cells = [
    `${figures.name}${figures.isServer ? ' *' : ''}`,
    String(size),
    figures.chunksPerSecond.toFixed(0),
    `${figures.memoryMebibytes.toFixed(0)} MiB`,
    figures.openMs < 0 ? '' : `${figures.openMs.toFixed(0)} ms`,
    ...SEARCH_KINDS.map((kind) =>
      STORE_SHARES.flatMap((oneIn) => renderTimes(figures, keyOf({ kind, oneIn }))).join('; '),
    ),
    [...new Set([...figures.recall.values()].map((share) => share.toFixed(2)))].join(', '),
  ]
  return `| ${cells.join(' | ')} |`
}

function renderTimes({ queryMs }: StoreFigures, key: string): readonly string[] {
  const times = queryMs.get(key)?.toSorted((a, b) => a - b)
  if (!times) return []
  const median = times[Math.floor(times.length / 2)] ?? Number.NaN
  return [`${median.toPrecision(2)} (${times[0]?.toPrecision(2)}–${times.at(-1)?.toPrecision(2)})`]
}
