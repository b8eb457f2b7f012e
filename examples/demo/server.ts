import { createServer } from 'node:http'
import type { ChatError } from 'ragwire'
import { localRetriever } from 'ragwire/local'
import { createRunRegistry } from 'ragwire/server'
import { readDocuments } from './documents.ts'
import { createDemoHandler } from './handler.ts'
import { openHistory } from './history.ts'
import { listen } from './listen.ts'
import { chooseModel } from './model.ts'
import { readPage } from './page.ts'
import { readDisconnectPolicy } from './settings.ts'
import { shutDownOnSignal } from './shut-down.ts'
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
  const documents = await readDocuments()
  const about = `${documents.length} documents, ${name}`
  const onError = (error: ChatError): void => console.error(`${error.code}: ${advise(error)}`)

  // Whoever reloads the page, or loses the connection for a while, finds the answer where it is by then.
  const runs = createRunRegistry({ onDisconnect, onError })
  const handle = createDemoHandler({
    // About a section of a guide, so that the reader of a source sees at a glance what it says.
    retriever: localRetriever(documents, { chunkChars: 400 }),
    ...answering,
    history: await openHistory(process.env),
    runs,
    page: await readPage({ about }),
    isTrusted: createTrust(readHosts(process.env)),
    onError,
  })

  const server = createServer((request, response) => void handle(request, response))
  const url = await listen(server, process.env)
  shutDownOnSignal({ server, runs })
  console.log(`${url} - ${about}`)
}
