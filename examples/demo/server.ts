import { createServer } from 'node:http'
import { memoryHistoryStore } from 'ragwire'
import { localRetriever } from 'ragwire/local'
import { readDocuments } from './documents.ts'
import { createHandler } from './handler.ts'
import { sendError } from './http.ts'
import { listen } from './listen.ts'
import { chooseModel } from './model.ts'
import { readPage } from './page.ts'

try {
  await start()
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown)
  process.exit(1)
}

async function start(): Promise<void> {
  const { name, advise, ...answering } = chooseModel(process.env)
  const documents = await readDocuments()
  const about = `${documents.length} documents, ${name}`
  const handle = createHandler({
    // About a section of a guide, so that the reader of a source sees at a glance what it says.
    retriever: localRetriever(documents, { chunkChars: 400 }),
    ...answering,
    history: memoryHistoryStore(),
    page: await readPage({ about }),
    onError: (error) => console.error(`${error.code}: ${advise(error)}`),
  })

  const server = createServer((request, response) => {
    handle(request, response).catch((thrown: unknown) => sendError(response, thrown))
  })
  const url = await listen(server, process.env)
  process.once('SIGINT', () => process.exit())
  console.log(`${url} - ${about}`)
}
