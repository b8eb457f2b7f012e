import type { IndexDifference, IndexReport, VerifyReport } from '../../knowledge.ts'
import { CliError, EXIT, usageError } from '../command-line/cli-error.ts'
import { defineCommand, type CommandCall, type OptionTable } from '../command-line/command.ts'
import { oneLine, safeJson } from '../command-line/safe-text.ts'
import { ENVIRONMENT } from '../settings/environment.ts'
import { DOCUMENT_OPTIONS, resolveSettings } from '../settings/settings.ts'
import { describeLeftOut, isLeftOut } from '../workspace/describe-skipped.ts'
import { createIndexLog } from '../workspace/index-log.ts'
import { openWorkspace, type Workspace } from '../workspace/open-workspace.ts'

/** The options of `ragwire index`. */
export const INDEX_OPTIONS = {
  ...DOCUMENT_OPTIONS,
  verify: { type: 'boolean', summary: 'Only compare the index with the documents; exit 1 on a difference' },
  rebuild: { type: 'boolean', summary: 'Empty the index first, so that every document is read again' },
  clear: { type: 'boolean', summary: 'Only empty the index' },
  json: { type: 'boolean', summary: 'Print the report as one JSON object' },
} as const satisfies OptionTable

type IndexCall = CommandCall<typeof INDEX_OPTIONS>

/** `ragwire index`: makes the index, brings it up to date, verifies it, or empties it. */
export const index = defineCommand({
  name: 'index',
  summary: 'Index documents, or bring their index up to date',
  usage: '[PATH...] [options]',
  details: [
    'Documents that have not changed are not read again. The other commands index by themselves.',
    'Ctrl-C leaves an index that can be used: each document is in it as a whole or not at all, and the next run goes on.',
  ],
  options: INDEX_OPTIONS,
  examples: [
    { call: 'ragwire index ./docs', does: 'Index a folder' },
    { call: 'ragwire index ./docs --verify', does: 'Check that the index has exactly these documents' },
    { call: 'ragwire index ./docs --json | jq .added', does: 'A report for a script' },
  ],
  environment: ENVIRONMENT,
  exitCodes: [
    { name: '0', does: 'The index is up to date; skipped documents are named' },
    { name: '1', does: 'It failed, or --verify found a difference' },
  ],
  run,
})

async function run(call: IndexCall): Promise<number> {
  expectOneAction(call)
  const { values, interrupted } = call
  const workspace = await openWorkspace(await resolveSettings(call))
  try {
    if (values.verify) return await verify(call, workspace)
    if (values.clear || values.rebuild) await workspace.knowledge.clear({ signal: interrupted })
    return values.clear ? showCleared(call) : await makeIndex(call, workspace)
  } finally {
    workspace.close()
  }
}

function expectOneAction({ values }: IndexCall): void {
  const [first, second] = (['verify', 'rebuild', 'clear'] as const).filter((name) => values[name])
  if (second !== undefined) throw usageError(`Cannot use --${first} and --${second} together: choose one of them`)
  if (values.memory) throw usageError('Cannot use --memory: an index in memory ends with the program')
}

async function makeIndex({ values, terminal, interrupted }: IndexCall, workspace: Workspace): Promise<number> {
  const documents = await workspace.list(interrupted)
  const log = createIndexLog(terminal)
  let report: IndexReport
  try {
    report = await workspace.index(documents, log, interrupted)
  } catch (cause) {
    if (!interrupted.aborted) throw cause
    const { documents: count } = await workspace.knowledge.state()
    const message = `Stopped: the index has ${count} of ${documents.length} documents; run it again to go on`
    throw new CliError(message, { exitCode: EXIT.interrupted, cause })
  } finally {
    log.clear()
  }
  const state = await workspace.knowledge.state({ signal: interrupted })
  if (values.json) terminal.print(safeJson({ ...report, documents: state.documents }))
  return EXIT.ok
}

async function verify({ values, terminal, interrupted }: IndexCall, workspace: Workspace): Promise<number> {
  const listed = await workspace.list(interrupted)
  const report = await workspace.knowledge.verify(listed, { signal: interrupted })
  const isNoDocument = (difference: IndexDifference) => !difference.indexed && isLeftOut(difference)
  const leftOut = report.differences.filter(isNoDocument)
  // No index can have these files, so the index agrees with the folder without them.
  const differences = report.differences.filter((difference) => !isNoDocument(difference))
  const ok = differences.length === 0 && report.problems.length === 0
  const verified = { ...report, ok, documents: report.documents - leftOut.length, differences }
  if (leftOut.length > 0) terminal.note(oneLine(describeLeftOut(leftOut)))
  if (values.json) terminal.print(safeJson({ ...verified, leftOut: leftOut.length }))
  else for (const line of describeVerified(verified)) terminal.print(oneLine(line))
  return ok ? EXIT.ok : EXIT.failed
}

function describeVerified({ ok, documents, differences, problems }: VerifyReport): readonly string[] {
  if (ok) return [`The index has exactly the ${documents} documents`]
  const lines = [...differences.map(({ type, message }) => `${type}: ${message}`), ...problems]
  const count = lines.length === 1 ? '1 difference' : `${lines.length} differences`
  return [...lines, `${count}: run ragwire index without --verify to bring it up to date`]
}

function showCleared({ values, terminal }: IndexCall): number {
  if (values.json) terminal.print(safeJson({ documents: 0 }))
  else terminal.note('The index is empty')
  return EXIT.ok
}
