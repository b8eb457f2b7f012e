import { createServer } from 'node:http'
import { basename } from 'node:path'
import type { ChatError } from '../../index.ts'
import { createRunRegistry } from '../../server.ts'
import { EXIT } from '../command-line/cli-error.ts'
import { defineCommand, type CommandCall } from '../command-line/command.ts'
import { toDocumentFiles, withOrigin } from '../serve/document-files.ts'
import { describeFeedback } from '../serve/feedback.ts'
import { createServeHandler, type ServeHandler } from '../serve/handler.ts'
import { listen } from '../serve/listen.ts'
import { readPage } from '../serve/page.ts'
import { resolveServeSettings, SERVE_OPTIONS } from '../serve/serve-settings.ts'
import { shutDown } from '../serve/shut-down.ts'
import { createTrust } from '../serve/trusted.ts'
import { resolveSettings } from '../settings/settings.ts'
import { openWorkspace } from '../workspace/open-workspace.ts'

/** `ragwire serve`: a chat over documents, as a page and as an API. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'Index documents, and serve a chat over them',
  usage: '[PATH...] [options]',
  details: ['Without OPENAI_API_KEY or OPENAI_BASE_URL, the answers are sentences that are quoted from the documents.'],
  options: SERVE_OPTIONS,
  examples: [
    { call: 'ragwire serve ./docs', does: 'A chat over a folder, on http://127.0.0.1:3000' },
    { call: 'ragwire serve README.md ./docs --port 8080', does: 'Several places, another port' },
  ],
  run: runServer,
})

async function runServer(call: CommandCall<typeof SERVE_OPTIONS>): Promise<number> {
  const { terminal, interrupted } = call
  const settings = await resolveSettings(call)
  const { host, port, allowedHosts, onDisconnect } = resolveServeSettings(call, settings.config)
  const workspace = await openWorkspace(settings)
  const documents = await workspace.list(interrupted)
  const { name, advise, ...answering } = settings.model
  const onError = (error: ChatError): void => terminal.note(`${error.code}: ${advise(error)}`)

  // The sources need the address, so the server listens first. Requests wait until the documents are indexed.
  const { promise: handler, resolve: open } = Promise.withResolvers<ServeHandler>()
  const server = createServer((request, response) => void handler.then((handle) => handle(request, response)))
  const url = await listen(server, { host, port })

  await workspace.index(documents, { note: terminal.print }, interrupted)
  const { documents: count } = await workspace.knowledge.state()
  const about = `${count} document${count === 1 ? '' : 's'}, ${name}`

  // After a reload or a short loss of the connection, the page shows the answer so far and goes on.
  const runs = createRunRegistry({ onDisconnect, onError })
  const { title = basename(workspace.root.folder), questions = [] } = settings.config
  open(
    createServeHandler({
      retriever: withOrigin(workspace.knowledge.retriever(), url),
      checkSources: workspace.knowledge.checkSources,
      ...answering,
      history: workspace.history,
      runs,
      page: await readPage({ title, about, questions }),
      documents: toDocumentFiles(documents),
      isTrusted: createTrust(allowedHosts),
      onError,
      onFeedback: (feedback) => terminal.print(describeFeedback(feedback)),
    }),
  )
  terminal.print(`${url} - ${about}`)
  await whenAborted(interrupted)
  await shutDown({ server, runs, note: terminal.note })
  workspace.close()
  return EXIT.ok
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
