import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CliError } from '../command-line/cli-error.ts'
import { reasonOf } from '../command-line/reason-of.ts'
import type { EvalReport } from './report.ts'

/**
 * Writes a report as a whole: an earlier file stays as it is if that fails.
 *
 * @throws CliError that names the file and the problem
 */
export async function writeReport(file: string, cwd: string, report: EvalReport): Promise<void> {
  const path = resolve(cwd, file)
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    await writeFile(unfinished, `${JSON.stringify(report, null, 2)}\n`)
    await rename(unfinished, path)
  } catch (cause) {
    await rm(unfinished, { force: true })
    throw new CliError(`Cannot write ${file}: ${reasonOf(cause)}`, { cause })
  }
}
