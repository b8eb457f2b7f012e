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

  // After a reload or a short loss of the connection, the page shows the answer so far and goes on.
  const runs = createRunRegistry({ onDisconnect, onError })
  const handle = createDemoHandler({
    // A chunk is about one section of a guide, short enough to read at a glance.
    retriever: localRetriever(documents, { chunkChars: 400 }),
    ...answering,
    history: await openHistory(process.env),
    runs,
    page: await readPage({ about }),
    isTrusted: createTrust(readHosts(process.env)),
    onError,
    onFeedback: ({ rating = 'none', question, comment }) => {
      // In quotation marks, because the words of a reader could move the cursor of a terminal.
      console.log(
        `Feedback ${rating}: ${[question, comment ?? []]
          .flat()
          .map((text) => JSON.stringify(text))
          .join(' ')}`,
      )
    },
  })

  const server = createServer((request, response) => void handle(request, response))
  const url = await listen(server, process.env)
  shutDownOnSignal({ server, runs })
  console.log(`${url} - ${about}`)
}
