import { cpus } from 'node:os'
import type { ServerName } from './lanes.ts'
import type { Round } from './measure.ts'

/** A row of the report. */
export interface Row {
  readonly title: string
  readonly unit: string
  /** The goal for the ratio to the bare relay, if there is one. */
  readonly goal?: number
  readonly rounds: readonly Round[]
}

/** Formats the rows as a Markdown table, with the machine and the date. */
export function renderReport(rows: readonly Row[]): string {
  return [
    '| | byte pipe | bare relay | ragwire | goal |',
    '|---|---|---|---|---|',
    ...rows.map(renderRow),
    '',
    `Medians; in brackets the ratio to the bare relay, median and range over the rounds, each with its own relay.`,
    `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores.`,
  ].join('\n')
}

/** The median of the ratios to the bare relay, round by round. */
export function medianRatio(rounds: readonly Round[], name: ServerName): number {
  return median(ratios(rounds, name))
}

function renderRow({ title, unit, goal, rounds }: Row): string {
  const figure = (name: ServerName): string => `${median(rounds.map((round) => round[name])).toPrecision(3)} ${unit}`
  const compared = (name: ServerName): string => {
    const all = ratios(rounds, name)
    const range = `${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)}`
    return `${figure(name)} (${median(all).toFixed(2)}; ${range})`
  }
  const cells = [
    `${title}, ${rounds.length} rounds`,
    compared('pipe'),
    figure('relay'),
    compared('ragwire'),
    goal === undefined ? '' : `≤ ${goal.toFixed(2)}`,
  ]
  return `| ${cells.join(' | ')} |`
}

function ratios(rounds: readonly Round[], name: ServerName): readonly number[] {
  return rounds.map((round) => round[name] / round.relay)
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
