import { measureAnswers, measureLatency, measureOpen, measurePaced, type Measurement } from './measure.ts'
import type { ServerName } from './servers/names.ts'

/** A row of the report, before it is measured. */
export interface RowSpec {
  readonly title: string
  readonly unit: string
  /** The server that has the goal. */
  readonly subject: ServerName
  /** The server that all others are compared with. */
  readonly base: ServerName
  /** How a figure is compared with that of the base. @defaultValue `'ratio'` */
  readonly by?: 'ratio' | 'difference'
  /** Maximum of the median of the comparison of the subject with the base, if there is a goal. */
  readonly goal?: number
  /** The same maximum, above which the bench fails, if there is one. */
  readonly limit?: number
}

/** A measurement, and the rows that it fills. */
export interface Case {
  readonly servers: readonly ServerName[]
  /** The rows, in the order of the figures that `measure` resolves with. */
  readonly rows: readonly RowSpec[]
  /** The default number of rounds. */
  readonly rounds: number
  readonly measure: Measurement
}

const ALL: readonly ServerName[] = ['pipe', 'relay', 'relay-http', 'ragwire']
const FAST = { streams: 32, tokens: 3_000, intervalMs: 0, cited: false }
// The engine has compiled what such an answer needs after some 5,000 of them, and what a token that arrives alone needs after
// some 70,000 of those.
const SHORT = { streams: 64, tokens: 100, intervalMs: 0, cited: false, repeats: 8, discarded: 10 }
const USUAL = { streams: 32, tokens: 300, intervalMs: 0, cited: false, repeats: 6, discarded: 10 }
const WARM_UP = { streams: 60, tokens: 400, intervalMs: 10, cited: false, repeats: 3 }
const PACED = { streams: 50, tokens: 130, intervalMs: 50, cited: false, windowMs: 4_000, warmUp: WARM_UP }
const PACED_200 = { streams: 200, tokens: 220, intervalMs: 20, cited: false, windowMs: 2_000, warmUp: WARM_UP }
const STAMPED = { streams: 50, tokens: 40, intervalMs: 50, cited: false, stamped: true }
const OPEN = { streams: 300, tokens: 6, intervalMs: 1_000, cited: false }

const AGAINST_RELAY = { subject: 'ragwire', base: 'relay' } as const

export const CASES = {
  fast: {
    servers: ALL,
    rows: [
      { ...AGAINST_RELAY, title: 'CPU per token, 32 streams as fast as they go', unit: 'µs', goal: 0.8, limit: 1.2 },
    ],
    rounds: 7,
    measure: measureAnswers(FAST),
  },
  short: {
    servers: ALL,
    rows: [{ ...AGAINST_RELAY, title: 'CPU per token, 64 short answers of 100 tokens at once', unit: 'µs', goal: 1 }],
    rounds: 11,
    measure: measureAnswers(SHORT),
  },
  cited: {
    servers: ALL,
    rows: [
      {
        ...AGAINST_RELAY,
        title: 'CPU per token, 32 fast streams with a citation every 29 tokens, found and checked',
        unit: 'µs',
        goal: 1.2,
      },
    ],
    rounds: 5,
    measure: measureAnswers({ ...FAST, cited: true }),
  },
  handler: {
    servers: ['ragwire', 'handler'],
    rows: [
      {
        title: 'CPU per token, 32 fast answers of 300 tokens at once, by the handler with its run registry',
        unit: 'µs',
        subject: 'handler',
        base: 'ragwire',
        goal: 1.15,
      },
    ],
    rounds: 9,
    measure: measureAnswers(USUAL),
  },
  paced: {
    servers: ALL,
    rows: [{ ...AGAINST_RELAY, title: 'CPU per token, 50 streams of 20 tokens a second', unit: 'µs', goal: 0.9 }],
    rounds: 5,
    measure: measurePaced({ ...PACED, turns: false }),
  },
  'paced-200': {
    servers: ALL,
    rows: [{ ...AGAINST_RELAY, title: 'CPU per token, 200 streams of 50 tokens a second', unit: 'µs', goal: 0.9 }],
    rounds: 3,
    // A server takes about one core, so that they cannot be loaded at the same time.
    measure: measurePaced({ ...PACED_200, turns: true }),
  },
  latency: {
    servers: ALL,
    rows: [
      {
        title: 'Median latency of a token, 50 streams of 20 tokens a second',
        unit: 'ms',
        subject: 'ragwire',
        base: 'pipe',
        by: 'difference',
        goal: 0.05,
      },
    ],
    rounds: 8,
    measure: measureLatency(STAMPED),
  },
  heap: {
    servers: ALL,
    rows: [
      { ...AGAINST_RELAY, title: 'Live heap per stream, 300 open streams', unit: 'KiB', goal: 1 },
      { ...AGAINST_RELAY, title: 'Resident memory (RSS) per stream, the same streams', unit: 'KiB' },
    ],
    rounds: 2,
    measure: measureOpen(OPEN),
  },
} as const satisfies Readonly<Record<string, Case>>

export type CaseName = keyof typeof CASES

export const CASE_NAMES = Object.keys(CASES) as readonly CaseName[]
