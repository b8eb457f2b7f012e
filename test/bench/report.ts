import { cpus } from 'node:os'
import type { RowSpec } from './cases.ts'
import { oldName } from './lane-specs.ts'
import type { LaneName } from './lanes.ts'
import type { Round } from './measure.ts'
import { median } from './median.ts'
import type { ServerName } from './servers/names.ts'

/** A row of the report. */
export interface Row extends RowSpec {
  readonly rounds: readonly Round[]
}

const COLUMNS: Readonly<Record<ServerName, string>> = {
  pipe: 'byte pipe',
  relay: 'bare relay',
  'relay-http': 'relay on `node:http`',
  ragwire: 'ragwire',
  handler: 'ragwire, handler',
}

/** Formats the rows as a Markdown table, with a column for each server. */
export function renderReport(rows: readonly Row[]): string {
  const measured = (Object.keys(COLUMNS) as ServerName[]).filter((name) => rows.some((row) => has(row, name)))
  return toTable(
    ['', ...measured.map((name) => COLUMNS[name]), 'goal', 'met'],
    rows.map((row) => [
      `${row.title}, ${row.rounds.length} rounds`,
      ...measured.map((name) => (has(row, name) ? renderFigure(row, name, row.base) : '')),
      row.goal === undefined ? '' : `≤ ${formatComparison(row, row.goal)}`,
      row.goal === undefined ? '' : isMet(row) ? 'yes' : 'no',
    ]),
  )
}

/** Formats the rows as a Markdown table that compares an older version with the tree, in the same rounds. */
export function renderComparison(rows: readonly Row[]): string {
  return toTable(
    ['', 'old', 'new', 'new/old'],
    rows.map((row) => {
      const old = oldName(row.subject)
      return [
        `${row.title}, ${row.rounds.length} rounds`,
        renderFigure(row, old, oldName(row.base)),
        renderFigure(row, row.subject, row.base),
        renderSpread(ratios(row.rounds, row.subject, old), (ratio) => ratio.toFixed(2)),
      ]
    }),
  )
}

/**
 * Describes the figures of a table, and the machine.
 *
 * @param modelFetch - The function that calls the model in the tree, and in the older version if there is one.
 */
export function renderNotes(modelFetch: { readonly tree: string; readonly old?: string | undefined }): string {
  const { tree, old } = modelFetch
  const fetches = old === undefined ? `\`${tree}\`` : `\`${old}\` (old) and \`${tree}\` (new)`
  return [
    'Medians; in brackets the comparison with the base of the row, as median and range over the rounds. Each round is',
    'compared with its own base: by a ratio, or by a difference, which has a sign. The base is the bare relay, for the latency',
    'the byte pipe, and for the handler `sendToNode(streamChat())`.',
    `ragwire called the model by ${fetches}. Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores.`,
  ].join('\n')
}

/**
 * Returns a sentence for each row that costs more than its limit.
 *
 * @param options.strict - The goals are limits, too.
 */
export function findFailures(rows: readonly Row[], { strict }: { readonly strict: boolean }): readonly string[] {
  return rows.flatMap((row) => {
    const limit = strict ? (row.goal ?? row.limit) : row.limit
    const measured = comparedWithBase(row)
    // Without figures, the comparison is NaN.
    if (limit === undefined || measured <= limit) return []
    return [`${row.title}: ${formatComparison(row, measured)}, and the limit is ${formatComparison(row, limit)}`]
  })
}

/** The median over the rounds of the comparison of the subject with the base. */
function comparedWithBase(row: Row): number {
  return median(comparisons(row, row.subject, row.base))
}

function isMet(row: Row): boolean {
  return row.goal === undefined || comparedWithBase(row) <= row.goal
}

function renderFigure(row: Row, name: LaneName, base: LaneName): string {
  const figure = `${median(figures(row.rounds, name)).toPrecision(3)} ${row.unit}`
  if (name === base) return figure
  return `${figure} (${renderSpread(comparisons(row, name, base), (number) => formatComparison(row, number))})`
}

function renderSpread(numbers: readonly number[], format: (number: number) => string): string {
  return `${format(median(numbers))}; ${format(Math.min(...numbers))}–${format(Math.max(...numbers))}`
}

function formatComparison({ by, unit }: RowSpec, number: number): string {
  return by === 'difference' ? `${number < 0 ? '−' : '+'}${Math.abs(number).toFixed(3)} ${unit}` : number.toFixed(2)
}

function comparisons({ by, rounds }: Row, name: LaneName, base: LaneName): readonly number[] {
  if (by !== 'difference') return ratios(rounds, name, base)
  const baseFigures = figures(rounds, base)
  return figures(rounds, name).map((figure, index) => figure - (baseFigures[index] ?? Number.NaN))
}

function ratios(rounds: readonly Round[], name: LaneName, base: LaneName): readonly number[] {
  const baseFigures = figures(rounds, base)
  return figures(rounds, name).map((figure, index) => figure / (baseFigures[index] ?? Number.NaN))
}

function figures(rounds: readonly Round[], name: LaneName): readonly number[] {
  return rounds.map((round) => round[name] ?? Number.NaN)
}

function has({ rounds }: Row, name: ServerName): boolean {
  return rounds.some((round) => name in round)
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
