import { cpus } from 'node:os'
import { measureRetrieval, SHARES, type RetrievalFigures } from './measure-retrieval.ts'
import { runStores } from './run-stores.ts'

const SIZES = [1_000, 10_000, 100_000]
const MILLION = 1_000_000

/** The parts of the measurement. */
export const RETRIEVAL_PARTS = ['vectors', 'stores'] as const

/** The options of {@link runRetrieval}. */
export interface RetrievalRun {
  /** Number of rounds. @defaultValue 7 */
  readonly rounds?: number | undefined
  /** True to measure a million vectors, too. It takes minutes and 7 GB of memory. */
  readonly million: boolean
  /** One of {@link RETRIEVAL_PARTS}. @defaultValue all of them */
  readonly only?: string | undefined
}

/** Measures the search in vectors and the stores at several sizes, and returns a report in Markdown. */
export async function runRetrieval({ rounds, million, only }: RetrievalRun): Promise<string> {
  if (only !== undefined && !RETRIEVAL_PARTS.some((part) => part === only))
    throw new RangeError(`Cannot run ${only}: there are ${RETRIEVAL_PARTS.join(' and ')}`)
  const sizes = million ? [...SIZES, MILLION] : SIZES
  return [
    ...(only === 'stores' ? [] : [await runVectors(sizes, rounds)]),
    ...(only === 'vectors' ? [] : [await runStores({ sizes, rounds: rounds ?? 5 })]),
    `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores.`,
  ].join('\n\n')
}

async function runVectors(sizes: readonly number[], rounds = 7): Promise<string> {
  const reports: string[] = []
  for (const size of sizes) {
    console.error(`Measuring ${size} vectors ...`)
    const figures = await measureRetrieval({ size, rounds, queries: size < MILLION ? 10 : 2 })
    reports.push(renderSize(size, figures))
  }
  return [
    ...reports,
    'Vectors of 384 dimensions, the 5 nearest. CPU time, medians; in brackets the range over the rounds, and the median of',
    'the ratios to the first row of the same round. Memory is the growth of the process.',
  ].join('\n')
}

function renderSize(size: number, figures: readonly RetrievalFigures[]): string {
  const [reference] = figures
  return [
    `| ${size} vectors | build | memory | open | ${SHARES.map(filterTitle).join(' | ')} | recall@5 |`,
    `|${'---|'.repeat(5 + SHARES.length)}`,
    ...figures.map((row) => renderRow(row, reference)),
    '',
  ].join('\n')
}

function filterTitle(oneIn: number): string {
  return oneIn === 1 ? 'query' : `query, ${100 / oneIn} % allowed`
}

function renderRow(row: RetrievalFigures, reference: RetrievalFigures | undefined): string {
  const queries = SHARES.map((oneIn) => {
    const times = row.queryMs.get(oneIn) ?? []
    const others = reference?.queryMs.get(oneIn) ?? []
    const ratio = median(times.map((time, at) => time / (others[at] ?? Number.NaN)))
    const range = `${Math.min(...times).toPrecision(2)}–${Math.max(...times).toPrecision(2)}`
    return `${median(times).toPrecision(3)} ms (${range}; ${ratio.toFixed(2)})`
  })
  const recalls = new Set(SHARES.map((oneIn) => (row.recall.get(oneIn) ?? 0).toFixed(2)))
  const cells = [
    row.name,
    `${row.buildMs.toFixed(0)} ms`,
    `${row.memoryMebibytes.toFixed(0)} MiB`,
    row.reopenMs < 0 ? '' : `${row.reopenMs.toFixed(0)} ms`,
    ...queries,
    [...recalls].join(', '),
  ]
  return `| ${cells.join(' | ')} |`
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
