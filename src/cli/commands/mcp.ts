import { createChat } from '../../index.ts'
import { serveMcpOverStdio } from '../../mcp.ts'
import { EXIT, usageError } from '../command-line/cli-error.ts'
import { defineCommand, type CommandCall, type OptionTable } from '../command-line/command.ts'
import { oneLine } from '../command-line/safe-text.ts'
import { ENVIRONMENT } from '../settings/environment.ts'
import { DOCUMENT_OPTIONS, resolveSettings, type Settings } from '../settings/settings.ts'
import { bringUpToDate } from '../workspace/bring-up-to-date.ts'
import { toUrlPath } from '../workspace/document-path.ts'
import { openWorkspace, type Workspace } from '../workspace/open-workspace.ts'

/** The options of `ragwire mcp`. */
export const MCP_OPTIONS = {
  ...DOCUMENT_OPTIONS,
  'base-url': { type: 'string', value: 'URL', summary: 'A web site with the documents, for the addresses of results' },
  about: {
    type: 'string',
    value: 'WORDS',
    summary: 'What the documents are, for the model of the host (the documents)',
  },
} as const satisfies OptionTable

type McpCall = CommandCall<typeof MCP_OPTIONS>

/** `ragwire mcp`: the tools of the Model Context Protocol for a host that starts a program. */
export const mcp = defineCommand({
  name: 'mcp',
  summary: 'Serve documents as tools of Claude, Cursor and other MCP hosts',
  usage: '[PATH...] [options]',
  details: [
    'The host starts this command and talks to it over stdin and stdout: the tools are search, fetch and ask. Everything else goes to the standard error.',
    'Calls wait until the index is up to date. It ends when the host closes stdin.',
  ],
  options: MCP_OPTIONS,
  examples: [
    { call: 'ragwire mcp /path/to/docs', does: 'The command for the configuration of a host' },
    {
      call: 'ragwire mcp ./docs --base-url https://docs.example.com',
      does: 'Results with addresses that can be cited',
    },
  ],
  environment: ENVIRONMENT,
  exitCodes: [
    { name: '0', does: 'The host closed stdin, or Ctrl-C or SIGTERM ended it' },
    { name: '130', does: 'A second Ctrl-C ended it at once' },
  ],
  run,
})

async function run(call: McpCall): Promise<number> {
  const { terminal, interrupted } = call
  const settings = await resolveSettings(call)
  const addressOf = createAddressOf(call.values['base-url'])
  const workspace = await openWorkspace(settings)
  const ended = new AbortController()
  const signal = AbortSignal.any([interrupted, ended.signal])
  try {
    // A host waits only for a short time for the first answer, so the server starts before the index is ready.
    const indexed = bringUpToDate(workspace, { terminal, signal })
    const failed = indexed.then(
      () => undefined,
      (thrown: unknown) => {
        const isOver = signal.aborted
        ended.abort()
        return isOver ? undefined : { thrown }
      },
    )
    await serveMcpOverStdio(toolsOf(call, { settings, workspace, addressOf, indexed, signal }))
    ended.abort()
    const failure = await failed
    if (failure) throw failure.thrown
    return EXIT.ok
  } finally {
    workspace.close()
  }
}

interface Served {
  readonly settings: Settings
  readonly workspace: Workspace
  readonly addressOf: (documentId: string) => string | undefined
  readonly indexed: Promise<void>
  readonly signal: AbortSignal
}

function toolsOf(
  { values, terminal, version }: McpCall,
  { settings, workspace, addressOf, indexed, signal }: Served,
): Parameters<typeof serveMcpOverStdio>[0] {
  const { knowledge } = workspace
  const { model, condenser, advise } = settings.model
  const ready = knowledge.retriever()
  const retriever: typeof ready = {
    ...ready,
    async retrieve(query, options) {
      await indexed
      return ready.retrieve(query, options)
    },
  }
  const chat = createChat({
    retriever,
    model,
    condenser,
    topK: settings.config.topK,
    // A question waits for the first index, as a search does.
    retrieveMs: Infinity,
    onError: (error) => terminal.note(`${error.code}: ${advise(error)}`),
  })
  return {
    name: 'ragwire',
    version,
    about: values.about,
    chat,
    retriever,
    async fetch(documentId, { signal: stop }) {
      await indexed
      return knowledge.document(documentId, { signal: stop })
    },
    sourceUrl: ({ documentId }) => addressOf(documentId),
    // Hosts on this computer do not need addresses, and the guide names --base-url for the others.
    onWarning: false,
    onError: (error) => terminal.note(oneLine(`${error.code}: ${error.message}`)),
    signal,
  }
}

function createAddressOf(baseUrl: string | undefined): (documentId: string) => string | undefined {
  if (baseUrl === undefined) return () => undefined
  const url = URL.parse(baseUrl)
  if (!url || !/^https?:$/.test(url.protocol) || /[?#]/.test(baseUrl)) {
    throw usageError(`Cannot use --base-url ${baseUrl}: it must be an address such as https://docs.example.com`)
  }
  const folder = url.href.endsWith('/') ? url.href : `${url.href}/`
  return (documentId) => folder + toUrlPath(documentId)
}
