import type { Goal } from './goals.ts'
import type { Figures } from './measure.ts'

/** One line of the report. */
export interface Row {
  readonly measure: keyof Figures
  readonly language: string
  readonly reached: number
  readonly baseline: number
  /** Absent where none was set, as for the sample. */
  readonly goal?: Goal
}

const NAMES: Readonly<Record<keyof Figures, string>> = {
  recallAt1: 'recall@1',
  firstCited: 'first citation is right',
  answered: 'answer in two sentences',
}

/** Writes the figures as a table, with what a row reached of its goal. */
export function formatReport(rows: readonly Row[]): string {
  const lines = rows.map(({ measure, language, reached, baseline, goal }) => [
    NAMES[measure],
    language,
    ...[reached, baseline, goal?.good, goal?.excellent].map(formatShare),
    goal ? verdict(reached, goal) : '',
  ])
  const table = [['measure', 'language', 'reached', 'baseline', 'good', 'excellent', ''], ...lines]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? []
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function formatShare(share: number | undefined): string {
  return share === undefined ? '-' : share.toFixed(3)
}

function verdict(reached: number, { good, excellent }: Goal): string {
  if (reached >= excellent) return 'excellent'
  return reached >= good ? 'good' : 'below good'
}
