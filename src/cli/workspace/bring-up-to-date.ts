import type { Terminal } from '../command-line/terminal.ts'
import { createIndexLog } from './index-log.ts'
import type { Workspace } from './open-workspace.ts'

/** Brings the index up to date. It shows the whole report of a new index, and only the changes of another one. */
export async function bringUpToDate(
  { knowledge, list, index, update }: Workspace,
  { terminal, signal }: { readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<void> {
  const { documents: known } = await knowledge.state({ signal })
  const documents = await list(signal)
  const log = createIndexLog(terminal)
  try {
    await (known === 0 ? index(documents, log, signal) : update(documents, log, signal))
  } finally {
    log.clear()
  }
}
