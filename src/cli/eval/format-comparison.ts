import type { Comparison } from './compare-reports.ts'
import { cutToWidth } from './format-table.ts'

const MAX_LISTED = 20
const PLACES = 100

/** Formats a comparison for a terminal: the differences, the questions that changed, and the losses. */
export function formatComparison(comparison: Comparison, file: string): readonly string[] {
  const { compared, differences, added, removed, changed, worse, better, losses } = comparison
  const verdict = losses.length === 0 ? 'No loss' : `${losses.length} loss${losses.length === 1 ? '' : 'es'}`
  return [
    '',
    `Compared with ${file}: ${compared.length} question${compared.length === 1 ? '' : 's'} in both`,
    ...differences.map((difference) => `  ${difference}`),
    ...list('Only here, and not compared', added),
    ...list('Only in the baseline, and not compared', removed),
    ...list('The question or its expectations have changed, and are not compared', changed),
    ...list('Worse', worse),
    ...list('Better', better),
    ...list('Losses', losses),
    '',
    verdict,
  ]
}

function list(title: string, entries: readonly string[]): readonly string[] {
  if (entries.length === 0) return []
  const rest = entries.length - MAX_LISTED
  return [
    `${title}:`,
    ...entries.slice(0, MAX_LISTED).map((entry) => `  ${cutToWidth(entry, PLACES)}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ]
}
