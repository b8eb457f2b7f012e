import { createServer, type Server } from 'node:http'
import { basename } from 'node:path'
import type { ChatError } from '../../index.ts'
import { createRunRegistry, type RunRegistry } from '../../server.ts'
import { EXIT } from '../command-line/cli-error.ts'
import { defineCommand, type CommandCall } from '../command-line/command.ts'
import { describeFeedback } from '../serve/feedback.ts'
import { createServeHandler, type ServeHandler } from '../serve/handler.ts'
import { createLibrary, type Library } from '../serve/library.ts'
import { listen } from '../serve/listen.ts'
import { readPage } from '../serve/page.ts'
import { resolveServeSettings, SERVE_OPTIONS, type ServeSettings } from '../serve/serve-settings.ts'
import { shutDown } from '../serve/shut-down.ts'
import { createTrust } from '../serve/trusted.ts'
import { watchDocuments, type Watching } from '../serve/watch-documents.ts'
import { ENVIRONMENT } from '../settings/environment.ts'
import { resolveSettings, type Settings } from '../settings/settings.ts'
import { createIndexLog, type TerminalIndexLog } from '../workspace/index-log.ts'
import { openWorkspace, type Workspace } from '../workspace/open-workspace.ts'
import { withAddresses } from '../workspace/with-addresses.ts'

/** `ragwire serve`: a chat over documents, as a page and as an API. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'Index documents, and serve a chat over them',
  usage: '[PATH...] [options]',
  details: [
    'Without OPENAI_API_KEY or OPENAI_BASE_URL, the answers are sentences that are quoted from the documents.',
    'The page and the API are there at once, also while the first index is made. The index follows changed files.',
  ],
  options: SERVE_OPTIONS,
  examples: [
    { call: 'ragwire serve ./docs', does: 'A chat over a folder, on http://127.0.0.1:3000' },
    { call: 'ragwire serve README.md ./docs --port 8080', does: 'Several places, another port' },
  ],
  environment: [
    ...ENVIRONMENT,
    { name: 'PORT', does: 'The port; --port wins' },
    { name: 'HOST', does: 'The address to listen at; --host wins' },
  ],
  exitCodes: [
    { name: '0', does: 'It ended after Ctrl-C or SIGTERM, when the running answers had ended' },
    { name: '1', does: 'It failed, such as for a port that is in use' },
    { name: '130', does: 'A second Ctrl-C ended it at once' },
  ],
  run: runServer,
})

async function runServer(call: CommandCall<typeof SERVE_OPTIONS>): Promise<number> {
  const settings = await resolveSettings(call)
  const serveSettings = resolveServeSettings(call, settings.config)
  const workspace = await openWorkspace(settings)
  const { terminal } = call
  const log = createIndexLog(terminal, { note: terminal.print, isVerbose: call.values.verbose })
  // An index that fails ends the server, too.
  const failure = new AbortController()
  const signal = AbortSignal.any([call.interrupted, failure.signal])
  try {
    const library = await createLibrary({ workspace, log, signal })
    const opened = await open(call, { settings, serveSettings, workspace, library, log })
    try {
      await follow({ call, settings, serveSettings, workspace, library, log })
    } catch (thrown) {
      if (!call.interrupted.aborted) throw thrown
    } finally {
      failure.abort()
      log.clear()
      await shutDown({ ...opened, note: terminal.note })
    }
  } finally {
    workspace.close()
  }
  return EXIT.ok
}

interface Parts {
  readonly settings: Settings
  readonly serveSettings: ServeSettings
  readonly workspace: Workspace
  readonly library: Library
  readonly log: TerminalIndexLog
}

/** Listens, and prints the addresses. Questions that come early wait for the index. */
async function open(
  { terminal, version }: CommandCall<typeof SERVE_OPTIONS>,
  { settings, serveSettings, workspace, library, log }: Parts,
): Promise<{ readonly server: Server; readonly runs: RunRegistry }> {
  const { config, model } = settings
  const { name, advise, ...answering } = model
  const onError = (error: ChatError): void => {
    log.clear()
    terminal.note(`${error.code}: ${advise(error)}`)
  }
  const { title = basename(workspace.root.folder), questions = [] } = config
  const page = await readPage({ title, model: name, questions })
  // The sources need the address, so the server listens first.
  const { promise: handler, resolve } = Promise.withResolvers<ServeHandler>()
  const server = createServer((request, response) => void handler.then((handle) => handle(request, response)))
  const url = await listen(server, serveSettings)
  // After a reload or a short loss of the connection, the page shows the answer so far and goes on.
  const runs = createRunRegistry({ onDisconnect: serveSettings.onDisconnect, onError })
  const retriever = withAddresses(workspace.knowledge.retriever(), ({ url: path }) => path && new URL(path, url).href)
  resolve(
    createServeHandler({
      retriever: library.whenIndexed(retriever),
      topK: config.topK,
      documents: { knowledge: workspace.knowledge, url, title, version },
      ...answering,
      history: workspace.history,
      runs,
      page,
      library,
      isTrusted: createTrust(serveSettings.allowedHosts),
      onError,
      onFeedback: (feedback) => log.note(describeFeedback(feedback)),
    }),
  )
  terminal.print(`Page: ${url}`)
  terminal.print(`API:  ${url}/openapi.json, /v1 for OpenAI clients, /mcp for MCP`)
  return { server, runs }
}

/** Makes the index, and brings it up to date until the command is interrupted. */
async function follow(given: Parts & { readonly call: CommandCall<typeof SERVE_OPTIONS> }): Promise<void> {
  const { call, settings, serveSettings, workspace, library, log } = given
  await library.index()
  const { documents } = await library.status()
  log.note(`Ready: ${documents} document${documents === 1 ? '' : 's'}, ${settings.model.name}`)
  let watching: Watching | undefined
  if (serveSettings.isWatching) {
    watching = watchDocuments({
      docs: settings.docs,
      root: workspace.root,
      onChange: () => void library.update(),
      onProblem: log.note,
    })
  }
  await whenAborted(call.interrupted)
  await watching?.close()
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
