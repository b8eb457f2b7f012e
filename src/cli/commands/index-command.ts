import { EXIT } from '../command-line/cli-error.ts'
import { defineCommand } from '../command-line/command.ts'
import { DOCUMENT_OPTIONS, resolveSettings } from '../settings/settings.ts'
import { createIndexLog } from '../workspace/index-log.ts'
import { openWorkspace } from '../workspace/open-workspace.ts'

/** `ragwire index`: makes the index, or brings it up to date. */
export const index = defineCommand({
  name: 'index',
  summary: 'Index documents, or bring their index up to date',
  usage: '[PATH...] [options]',
  details: ['Documents that have not changed are not read again. The other commands index by themselves.'],
  options: DOCUMENT_OPTIONS,
  examples: [{ call: 'ragwire index ./docs', does: 'Index a folder' }],
  async run(call) {
    const workspace = await openWorkspace(await resolveSettings(call))
    const log = createIndexLog(call.terminal)
    try {
      await workspace.index(await workspace.list(call.interrupted), log, call.interrupted)
      return EXIT.ok
    } finally {
      log.clear()
      workspace.close()
    }
  },
})
