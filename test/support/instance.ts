// One of several servers that share a run store: a process of its own, whose model is controlled by messages.
import { createServer } from 'node:http'
import pg from 'pg'
import { createClient } from 'redis'
import { memoryHistoryStore, type ChatModel, type ChatModelEvent, type HistoryStore } from '../../src/index.ts'
import { toNodeHandler } from '../../src/node.ts'
import { listenWithPg, migratePostgres, postgresHistoryStore, postgresRunStore } from '../../src/postgres.ts'
import { redisHistoryStore, redisRunStore } from '../../src/redis.ts'
import {
  createChatHandler,
  createRunRegistry,
  memoryRunStore,
  type DisconnectPolicy,
  type RunStore,
} from '../../src/server.ts'
import { untilAborted } from '../../src/core/async/abortable.ts'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'

/** The command line options of the process. */
export interface InstanceOptions {
  readonly store: 'memory' | 'redis' | 'postgres'
  /** The URL of the database, if there is one. */
  readonly url: string
  readonly leaseMs: number
  readonly pollMs: number
  /** The port. @defaultValue a free one */
  readonly port?: number
  /** The policy for a run whose last reader has left. @defaultValue that of the registry */
  readonly onDisconnect?: DisconnectPolicy
}

/** A message of the process: the port where it listens, or a call of its model. */
export type Told = { readonly port: number } | 'generation'

/** A message to the model: a piece of text, a request to finish, or a request to drop unsent text. */
export type Say = { readonly text: string } | 'finish' | 'clear'

const { store, url, leaseMs, pollMs, port, onDisconnect } = JSON.parse(process.argv[2] ?? '{}') as InstanceOptions
const said: Say[] = []
let wake = (): void => {}

process.on('message', (message: Say) => {
  if (message === 'clear') said.length = 0
  else said.push(message)
  wake()
})
process.on('disconnect', () => process.exit())

async function* speak(signal: AbortSignal): AsyncGenerator<ChatModelEvent> {
  for (;;) {
    const next = said.shift()
    if (next === 'finish') return yield { type: 'finish', finishReason: 'stop' }
    if (typeof next === 'object') yield { type: 'text', delta: next.text }
    else await untilAborted(new Promise<void>((resolve) => (wake = resolve)), signal)
  }
}

interface Stores {
  readonly runStore: RunStore
  readonly history: HistoryStore
}

// A client without an error listener ends the process when its connection breaks.
const ignore = (): void => {}

async function openRedis(): Promise<Stores> {
  const client = createClient({ url, socket: { reconnectStrategy: 50 } })
  const subscriber = client.duplicate()
  for (const each of [client, subscriber]) each.on('error', ignore)
  await Promise.all([client.connect(), subscriber.connect()])
  return { runStore: redisRunStore({ client, subscriber }), history: redisHistoryStore({ client }) }
}

async function openPostgres(): Promise<Stores> {
  const client = new pg.Pool({ connectionString: url })
  const listener = new pg.Client({ connectionString: url })
  client.on('error', ignore)
  listener.on('error', ignore)
  await listener.connect()
  await migratePostgres(client)
  const runStore = postgresRunStore({ client, listen: listenWithPg(listener) })
  return { runStore, history: postgresHistoryStore({ client }) }
}

const OPEN: Readonly<Record<InstanceOptions['store'], () => Promise<Stores>>> = {
  memory: async () => ({ runStore: memoryRunStore(), history: memoryHistoryStore() }),
  redis: openRedis,
  postgres: openPostgres,
}

const tell = (message: Told): void => void process.send?.(message)
const model: ChatModel = {
  stream(_request, { signal }) {
    tell('generation')
    return speak(signal)
  },
}
const { runStore, history } = await OPEN[store]()
const handler = createChatHandler({
  history,
  // The model sends only the text of these messages.
  condenser: false,
  retriever: { retrieve: async () => [{ chunk: { chunkId: 'c', documentId: 'd', text: 'Cats sleep.' }, score: 1 }] },
  model,
  runs: createRunRegistry({ store: runStore, leaseMs, pollMs, onDisconnect }),
  scope: () => 'ann',
})
tell({ port: await listenOnLoopback(createServer(toNodeHandler(handler)), port) })
