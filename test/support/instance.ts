// One server of several that share a run store: a process of its own, whose model says what it is told by messages.
import { createServer } from 'node:http'
import pg from 'pg'
import { createClient } from 'redis'
import type { ChatModel, ChatModelEvent } from '../../src/index.ts'
import { toNodeHandler } from '../../src/node.ts'
import { listenWithPg, migratePostgres, postgresRunStore } from '../../src/postgres.ts'
import { redisRunStore } from '../../src/redis.ts'
import { createChatHandler, createRunRegistry, type RunStore } from '../../src/server.ts'
import { untilAborted } from '../../src/core/async/abortable.ts'
import { listenOnLoopback } from '../../src/testing/listen.ts'

/** What the process is told on its command line. */
export interface InstanceOptions {
  readonly store: 'redis' | 'postgres'
  readonly url: string
  readonly leaseMs: number
  readonly pollMs: number
}

/** What its model is told: a piece of text, or to finish. */
export type Say = { readonly text: string } | 'finish'

const { store, url, leaseMs, pollMs } = JSON.parse(process.argv[2] ?? '{}') as InstanceOptions
const said: Say[] = []
let wake = (): void => {}

process.on('message', (message: Say) => {
  said.push(message)
  wake()
})
process.on('disconnect', () => process.exit())

async function* speak(signal: AbortSignal): AsyncGenerator<ChatModelEvent> {
  for (;;) {
    const next = said.shift()
    if (next === 'finish') return yield { type: 'finish', finishReason: 'stop' }
    if (next) yield { type: 'text', delta: next.text }
    else await untilAborted(new Promise<void>((resolve) => (wake = resolve)), signal)
  }
}

async function openRedis(): Promise<RunStore> {
  const client = createClient({ url })
  const subscriber = client.duplicate()
  await Promise.all([client.connect(), subscriber.connect()])
  return redisRunStore({ client, subscriber })
}

async function openPostgres(): Promise<RunStore> {
  const client = new pg.Pool({ connectionString: url })
  const listener = new pg.Client({ connectionString: url })
  await listener.connect()
  await migratePostgres(client)
  return postgresRunStore({ client, listen: listenWithPg(listener) })
}

const model: ChatModel = { stream: (_request, { signal }) => speak(signal) }
const handler = createChatHandler({
  retriever: { retrieve: async () => [{ chunk: { chunkId: 'c', documentId: 'd', text: 'Cats sleep.' }, score: 1 }] },
  model,
  runs: createRunRegistry({ store: await (store === 'redis' ? openRedis() : openPostgres()), leaseMs, pollMs }),
  scope: () => 'ann',
})
process.send?.(await listenOnLoopback(createServer(toNodeHandler(handler))))
