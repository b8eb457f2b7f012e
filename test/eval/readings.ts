import { existsSync, readFileSync } from 'node:fs'
import * as z from 'zod'
import type { Row } from './report.ts'

/** The readings of drawn answers, in the order of the release that they were made for. The last one counts. */
const FILES = ['read-by-the-author', 'read-with-fresh-eyes', 'read-of-passages'].map(
  (name) => new URL(`readings/${name}.jsonl`, import.meta.url),
)

const reading = z.object({
  /** The set of the question and its number in it, such as `xquad-de:17`. */
  id: z.string(),
  language: z.string(),
  /** True if a reader finds the answer useful. A right refusal is useful. */
  isUseful: z.boolean(),
  /** Why it is not. */
  cause: z.string().optional(),
})

/** Returns the share of the zero-key answers that a reader finds useful, and that of each language. */
export function evaluateReadings(): readonly Row[] {
  const file = FILES.findLast((url) => existsSync(url))
  if (!file) return []
  const readings = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => reading.parse(JSON.parse(line)))
  const row = (name: string, some: typeof readings, goals: Partial<Row> = {}): Row => ({
    measure: `zero-key answers that a reader finds useful${name}, of ${some.length}`,
    value: some.filter(({ isUseful }) => isUseful).length / some.length,
    ...goals,
  })
  const languages = [...new Set(readings.map(({ language }) => language))]
  return [
    row('', readings, { good: 0.75, excellent: 0.9 }),
    ...languages.map((language) =>
      row(
        `, ${language}`,
        readings.filter((one) => one.language === language),
      ),
    ),
  ]
}
