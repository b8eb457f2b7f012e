import { cpus } from 'node:os'
import type { ChatEvent } from 'ragwire'
import type { Dialect } from 'ragwire/server'
import { shuffled } from '../shuffled.ts'
import { BASE, CONTENDERS } from './contenders.ts'
import { sampleEvents } from './sample-events.ts'

// A dialect may cost this many times the native one.
const MOST_RATIO = 1.5
const PIECES = 1_000
// About 20 ms for one measurement, so that a collection of garbage does not decide it.
const STREAMS = 60

/** The options of {@link runDialects}. */
export interface DialectRun {
  /** Number of rounds. @defaultValue 41 */
  readonly rounds?: number | undefined
}

/** The result of {@link runDialects}. */
export interface DialectReport {
  /** A Markdown table, with the machine. */
  readonly text: string
  /** The dialects that cost more than the limit. */
  readonly tooSlow: readonly string[]
}

/**
 * Measures the CPU time of the encoder of each dialect for one event of an answer with citations, compared with native
 * SSE. In each round the encoders take turns in a random order.
 */
export async function runDialects({ rounds = 41 }: DialectRun): Promise<DialectReport> {
  const events = await sampleEvents(PIECES)
  const dialects = [BASE, ...CONTENDERS]
  const figures = new Map<Dialect, number[]>(dialects.map((dialect) => [dialect, []]))
  // The first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const dialect of shuffled(dialects)) {
      const micros = encodeAnswers(dialect, events)
      if (round > 0) figures.get(dialect)?.push(micros)
    }
  }
  const base = figures.get(BASE) ?? []
  const rows = dialects.map((dialect) => toRow(dialect, { figures: figures.get(dialect) ?? [], base }))
  return {
    text: [
      '| dialect | µs for an event | times native SSE |',
      '|---|---|---|',
      ...rows.map(({ text }) => text),
      '',
      `Medians of ${rounds} rounds; in brackets the range. An answer has ${events.length} events. The limit is ${MOST_RATIO}.`,
      `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores.`,
    ].join('\n'),
    tooSlow: rows.filter(({ ratio }) => ratio > MOST_RATIO).map(({ name, ratio }) => `${name} (${ratio.toFixed(2)})`),
  }
}

/** Returns the CPU time for one event, in microseconds. */
function encodeAnswers(dialect: Dialect, events: readonly ChatEvent[]): number {
  let length = 0
  const before = process.cpuUsage()
  for (let stream = 0; stream < STREAMS; stream++) {
    const encode = dialect.open({ acknowledged: () => -1 })
    for (const event of events) length += encode(event).length
  }
  const { user, system } = process.cpuUsage(before)
  // Without a use of the texts, the work could be optimised away.
  if (length === 0) throw new Error(`${dialect.name} encoded nothing`)
  return (user + system) / (STREAMS * events.length)
}

interface Figures {
  readonly figures: readonly number[]
  readonly base: readonly number[]
}

function toRow({ name }: Dialect, { figures, base }: Figures) {
  const ratios = figures.map((figure, round) => figure / (base[round] ?? Number.NaN)).toSorted((a, b) => a - b)
  const ratio = median(ratios)
  const range = `${ratios[0]?.toFixed(2)}–${ratios.at(-1)?.toFixed(2)}`
  return { name, ratio, text: `| \`${name}\` | ${median(figures).toFixed(2)} | ${ratio.toFixed(2)} (${range}) |` }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}
