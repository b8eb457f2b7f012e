/** One line of the report. */
export interface Row {
  readonly measure: string
  readonly value: number
  /** What the least effort gives. */
  readonly baseline: number
  /** Below it is a defect; absent where no goal was set. */
  readonly good?: number
  /** What needs work to reach. */
  readonly excellent?: number
  /** The goals are upper limits. */
  readonly atMost?: true
}

const HEADER = ['measure', 'value', 'baseline', 'good', 'excellent', 'verdict']

/** Writes the figures as a table, with what each reached of its goal. */
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

/** The same as a table of Markdown. */
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

/** Whether a row misses "good" by more than `floor`. */
export function isBelowFloor({ good, atMost, ...row }: Row, floor: number): boolean {
  if (good === undefined) return false
  return atMost ? row.value > good + floor : row.value < good - floor
}

function reaches({ value, atMost }: Row, goal: number | undefined): boolean {
  if (goal === undefined) return false
  return atMost ? value <= goal : value >= goal
}
