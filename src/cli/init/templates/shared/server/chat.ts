import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { collectReport, createKnowledge, readFolder, type KnowledgeDocuments } from 'ragwire/knowledge'
import { createChatHandler, createRunRegistry, type ChatHandler } from 'ragwire/server'
import { sqliteHistoryStore, sqliteKnowledgeStore } from 'ragwire/sqlite'
import { withGuest } from './guest.ts'
import { chooseModels, type Models } from './models.ts'

const DOCUMENTS = 'docs'

interface ChatParts {
  readonly documents?: KnowledgeDocuments
  /** The folder of the index and of the conversations. */
  readonly data?: string
  readonly models?: Models
}

export interface Chat {
  readonly handler: ChatHandler
  /** Lets the running answers end, and closes the files. */
  close(): Promise<void>
}

/** Brings the index of the documents up to date, and opens the chat over them. Tests pass their own parts. */
export async function openChat({
  documents = readFolder(DOCUMENTS),
  data = process.env.DATA_FOLDER || 'data',
  models = chooseModels(process.env),
}: ChatParts = {}): Promise<Chat> {
  const { embedder, ...answering } = models
  mkdirSync(data, { recursive: true })
  // One index for each embedder: vectors of different models cannot be compared.
  const [name = 'words'] = embedder?.id?.match(/[\w.-]+/) ?? []
  const index = new DatabaseSync(join(data, `index-${name}.db`))
  const conversations = new DatabaseSync(join(data, 'conversations.db'))

  const knowledge = createKnowledge({ store: sqliteKnowledgeStore({ database: index }), embedder })
  const { skipped } = await collectReport(knowledge.sync(documents))
  for (const { message } of skipped) console.warn(message)

  // An answer goes on while its page is reloaded.
  const runs = createRunRegistry({ onDisconnect: { continueForMs: 30_000 } })
  const handler = createChatHandler({
    ...answering,
    retriever: knowledge.retriever(),
    checkSources: knowledge.checkSources,
    history: sqliteHistoryStore({ database: conversations }),
    runs,
    scope: () => Promise.reject(new Error('withGuest sets the scope')),
  })

  async function close(): Promise<void> {
    await runs.drain({ drainMs: 5_000 })
    index.close()
    conversations.close()
  }

  return { handler: withGuest(handler), close }
}
