/** One line of the report. */
export interface Row {
  readonly measure: string
  readonly value: number
  /** The value of the baseline; absent if there is none. */
  readonly baseline?: number
  /** A value below it is a defect; undefined if there is no goal. */
  readonly good?: number
  /** A value below it needs work. */
  readonly excellent?: number
  /** The goals are upper limits. */
  readonly atMost?: true
}

const HEADER = ['measure', 'value', 'baseline', 'good', 'excellent', 'verdict']

/** Formats the figures as a table, with the reached goal of each. */
export function formatReport(rows: readonly Row[]): string {
  const table = [HEADER, ...rows.map(toCells)]
  const widths = HEADER.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)))
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Formats the figures as a Markdown table. */
export function formatMarkdown(rows: readonly Row[]): string {
  const table = [HEADER, HEADER.map((_, column) => (column === 0 ? '---' : '---:')), ...rows.map(toCells)]
  return table.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function toCells(row: Row): string[] {
  const { measure, value, baseline, good, excellent } = row
  return [measure, ...[value, baseline, good, excellent].map(formatShare), verdict(row)]
}

function formatShare(share: number | undefined): string {
  return share === undefined ? '-' : share.toFixed(3)
}

function verdict(row: Row): string {
  if (row.good === undefined) return '-'
  if (reaches(row, row.excellent)) return 'excellent'
  return reaches(row, row.good) ? 'good' : 'below good'
}

/** True if a row misses "good" by more than `floor`. */
export function isBelowFloor({ good, atMost, ...row }: Row, floor: number): boolean {
  if (good === undefined) return false
  return atMost ? row.value > good + floor : row.value < good - floor
}

function reaches({ value, atMost }: Row, goal: number | undefined): boolean {
  if (goal === undefined) return false
  return atMost ? value <= goal : value >= goal
}
