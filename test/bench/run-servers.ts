import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writtenRegion } from '../../scripts/written-region.ts'
import { CASES, type Case } from './cases.ts'
import { laneSpecs } from './lane-specs.ts'
import { modelFetchName } from './model-fetch.ts'
import { installOldVersion, type OldVersion } from './old-version.ts'
import { selectCases, type BenchOptions } from './options.ts'
import { findFailures, renderComparison, renderNotes, renderReport, type Row } from './report.ts'

// The exit code of a process that SIGINT ends.
const INTERRUPTED = 130
const TREE = join(import.meta.dirname, '..', '..')
const PAGE = join(TREE, 'docs', 'performance.md')
const REGION = writtenRegion('figures', 'test/bench/bench.ts')

/** Measures the servers and prints the table. Resolves with a sentence for each row that is too slow. */
export async function runServers(options: BenchOptions): Promise<readonly string[]> {
  const old = options.compare === undefined ? undefined : await installOldVersion(options.compare, TREE)
  const onInterrupt = (): void => void old?.remove().finally(() => process.exit(INTERRUPTED))
  if (old) process.once('SIGINT', onInterrupt)
  try {
    const rows = await measureRows(options, old)
    const report = await describeRows(rows, old)
    console.log(report)
    if (options.write) writeFileSync(PAGE, REGION.replace(readFileSync(PAGE, 'utf8'), report))
    return findFailures(rows, options)
  } finally {
    process.off('SIGINT', onInterrupt)
    await old?.remove()
  }
}

async function measureRows(options: BenchOptions, old: OldVersion | undefined): Promise<readonly Row[]> {
  const { only, profile } = options
  if (profile !== undefined) mkdirSync(profile, { recursive: true })
  const rows: Row[] = []
  for (const name of selectCases(only)) {
    console.error(`Measuring ${name} ...`)
    const measured: Case = CASES[name]
    const lanes = laneSpecs(measured, {
      oldServers: old?.servers,
      profile: profile === undefined ? undefined : join(profile, name),
    })
    const figures = await measured.measure(lanes, options.rounds ?? measured.rounds)
    rows.push(...measured.rows.map((row, index) => ({ ...row, rounds: figures[index] ?? [] })))
  }
  return rows
}

async function describeRows(rows: readonly Row[], old: OldVersion | undefined): Promise<string> {
  const modelFetch = {
    tree: await modelFetchName(TREE),
    old: old === undefined ? undefined : await modelFetchName(old.folder),
  }
  return [old === undefined ? renderReport(rows) : renderComparison(rows), '', renderNotes(modelFetch)].join('\n')
}
