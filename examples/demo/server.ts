import { createServer } from 'node:http'
import type { ChatError } from 'ragwire'
import { createKnowledge } from 'ragwire/knowledge'
import { createRunRegistry } from 'ragwire/server'
import { toDocumentFiles, withOrigin, withPath } from './document-files.ts'
import { findDocuments } from './documents.ts'
import { createDemoHandler, type DemoHandler } from './handler.ts'
import { indexDocuments } from './index-documents.ts'
import { listen } from './listen.ts'
import { chooseModel } from './model.ts'
import { readPage } from './page.ts'
import { printFeedback, readDisconnectPolicy } from './settings.ts'
import { shutDownOnSignal } from './shut-down.ts'
import { openStores } from './stores.ts'
import { createTrust, readHosts } from './trusted.ts'

try {
  await start()
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown)
  process.exit(1)
}

async function start(): Promise<void> {
  const { name, advise, ...answering } = chooseModel(process.env)
  const onDisconnect = readDisconnectPolicy(process.env)
  const isTrusted = createTrust(readHosts(process.env))
  const { history, index, kind } = await openStores(process.env)
  const documents = (await findDocuments(process.env)).map(withPath)
  const onError = (error: ChatError): void => console.error(`${error.code}: ${advise(error)}`)

  // The sources need the address, so the server listens first. Requests wait until the documents are indexed.
  const { promise: handler, resolve: open } = Promise.withResolvers<DemoHandler>()
  const server = createServer((request, response) => void handler.then((handle) => handle(request, response)))
  const url = await listen(server, process.env)

  // A chunk is about one section of a guide, short enough to read at a glance.
  const knowledge = createKnowledge({ store: index, chunkChars: 400 })
  await indexDocuments(knowledge, documents, kind)
  const { documents: count } = await knowledge.state()
  const about = `${count} document${count === 1 ? '' : 's'}, ${name}`

  // After a reload or a short loss of the connection, the page shows the answer so far and goes on.
  const runs = createRunRegistry({ onDisconnect, onError })
  open(
    createDemoHandler({
      retriever: withOrigin(knowledge.retriever(), url),
      checkSources: knowledge.checkSources,
      ...answering,
      history,
      runs,
      page: await readPage({ about }),
      documents: toDocumentFiles(documents),
      isTrusted,
      onError,
      onFeedback: printFeedback,
    }),
  )
  shutDownOnSignal({ server, runs })
  console.log(`${url} - ${about}`)
}
