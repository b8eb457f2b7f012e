import { readFileSync } from 'node:fs'
import type { Ends, EndsByWay, HostRoute, WayToLeave } from './host.ts'
import { HOSTS_GUIDE } from './guide-blocks.ts'

/** The state in which a client leaves; a column of the table in the guide. */
export type Column = 'talking' | 'silent' | 'json'

/** Milliseconds until the model's connection was closed, by column and way to leave. */
export type Figures = ReadonlyMap<string, number>

const COLUMNS: readonly Column[] = ['talking', 'silent', 'json']

const WORDS: Readonly<Record<Ends, string>> = {
  'at once': 'at once',
  'at the next write': 'next write',
  never: 'never',
}

/** The key under which a figure is stored. */
export function figureName(column: Column, way: WayToLeave): string {
  return `${column}, ${way}`
}

/** Returns the row of a route in the table of the guide; figures only if they are given. */
export function tableRow(host: string, route: HostRoute, figures: Figures = new Map()): string {
  const cells = COLUMNS.map((column) => cellOf(route[column], (way) => figures.get(figureName(column, way))))
  return `| ${[host, route.name, ...cells].join(' | ')} |`
}

/** Returns the rows of the table without their figures, which differ from one machine to the next. */
export function guideRows(): readonly string[] {
  const rows = readFileSync(HOSTS_GUIDE, 'utf8').matchAll(/^\|.*\|$/gmu)
  return [...rows].map(([row]) => row.replaceAll(/, [\d,]+ ms/gu, '').replaceAll(/ +\|/gu, ' |'))
}

function cellOf(ends: EndsByWay | undefined, figureOf: (way: WayToLeave) => number | undefined): string {
  if (ends === undefined) return '–'
  const [closed, reset] = [figureOf('aborts its fetch'), figureOf('resets its connection')]
  if (typeof ends === 'string') return partOf(ends, worst(closed, reset))
  return `${partOf(ends['aborts its fetch'], closed)}; reset: ${partOf(ends['resets its connection'], reset)}`
}

function worst(first: number | undefined, second: number | undefined): number | undefined {
  return first === undefined || second === undefined ? undefined : Math.max(first, second)
}

function partOf(ends: Ends, ms: number | undefined): string {
  return ms === undefined ? WORDS[ends] : `${WORDS[ends]}, ${Math.ceil(ms).toLocaleString('en-US')} ms`
}
