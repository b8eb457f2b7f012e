// One of several processes over one index: it indexes by messages of its parent, and answers questions over HTTP.
import { createServer } from 'node:http'
import pg from 'pg'
import { createKnowledge, type IndexEvent, type KnowledgeDocument, type VerifyReport } from '../../../src/knowledge.ts'
import { extractiveChatModel } from '../../../src/local.ts'
import { toNodeHandler } from '../../../src/node.ts'
import { postgresKnowledgeStore } from '../../../src/postgres.ts'
import { createChatHandler, createRunRegistry } from '../../../src/server.ts'
import { listenOnLoopback } from '../../../src/testing/listen-on-loopback.ts'

/** The command line options of the process. */
export interface KnowledgeInstanceOptions {
  /** The URL of the database. */
  readonly url: string
  /** The schema with the tables of the index. */
  readonly schema: string
}

/** A message to the process. */
export interface InstanceCommand {
  /** Repeated in each reply. */
  readonly id: number
  readonly name: 'sync' | 'verify'
  readonly scope: string
  readonly documents: readonly KnowledgeDocument[]
  /** True to keep an indexing open after its last document. */
  readonly isEndless?: boolean
}

/** A message of the process: its port, or a reply to a command. */
export type InstanceReply =
  | { readonly port: number }
  | { readonly id: number; readonly event: IndexEvent }
  | { readonly id: number; readonly verified: VerifyReport }
  | { readonly id: number; readonly failure: string }

const { url, schema } = JSON.parse(process.argv[2] ?? '{}') as KnowledgeInstanceOptions
const client = new pg.Pool({ connectionString: url, max: 5 })
const knowledge = createKnowledge({ store: postgresKnowledgeStore({ client, schema }), chunkChars: 100 })
const reply = (message: InstanceReply): void => void process.send?.(message)

process.on('message', (command: InstanceCommand) => void run(command))
process.on('disconnect', () => process.exit())

async function run({ id, name, scope, documents, isEndless = false }: InstanceCommand): Promise<void> {
  try {
    if (name === 'verify') return reply({ id, verified: await knowledge.verify(documents, { scope }) })
    const given = isEndless ? withoutEnd(documents) : documents
    for await (const event of knowledge.sync(given, { scope })) reply({ id, event })
  } catch (thrown) {
    reply({ id, failure: String(thrown) })
  }
}

async function* withoutEnd(documents: readonly KnowledgeDocument[]): AsyncGenerator<KnowledgeDocument> {
  yield* documents
  await new Promise(() => {})
}

const handler = createChatHandler({
  retriever: knowledge.retriever(),
  model: extractiveChatModel({ wordsPerSecond: Infinity }),
  condenser: false,
  topK: 50,
  // The tests ask about many documents at once.
  runs: createRunRegistry({ maxRunsPerScope: 100 }),
  scope: (request) => request.headers.get('tenant') ?? 'none',
})
reply({ port: await listenOnLoopback(createServer(toNodeHandler(handler))) })
