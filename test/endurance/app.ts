// The server of the endurance commands, as an application mounts it: a process of its own, with the stores it is told.
import { createServer } from 'node:http'
import { memoryUsage } from 'node:process'
import OpenAI from 'openai'
import type { Retriever } from 'ragwire'
import { toNodeHandler } from 'ragwire/node'
import { openaiChatModel } from 'ragwire/openai'
import { createChatHandler, createRunRegistry, memoryRunStore } from 'ragwire/server'
import { listenOnLoopback } from '../../src/testing/listen.ts'
import { openStores, type StoreAddress } from './stores.ts'

/** What the process is told on its command line. */
export interface AppOptions {
  readonly upstreamPort: number
  readonly store: StoreAddress
  readonly leaseMs?: number
  readonly pollMs?: number
  readonly maxRuns?: number
  /** Runs that are kept in memory when they are over. */
  readonly keptRuns?: number
}

/** What the process answers when it is asked for its figures. */
export interface AppFigures {
  readonly cpuMicros: number
  /** After a collection. */
  readonly heapBytes: number
  /** Handles that keep a process alive, by their kind. */
  readonly resources: Readonly<Record<string, number>>
  /** On the process itself, where a run that is over must leave none. */
  readonly listeners: number
  readonly activeRuns: number
}

const { upstreamPort, store, leaseMs, pollMs, maxRuns, keptRuns } = JSON.parse(process.argv[2] ?? '{}') as AppOptions
const stores = await openStores(store)
const runs = createRunRegistry({
  store: stores.runs ?? memoryRunStore({ ...(keptRuns !== undefined && { maxRuns: keptRuns }) }),
  ...(leaseMs !== undefined && { leaseMs }),
  ...(pollMs !== undefined && { pollMs }),
  ...(maxRuns !== undefined && { maxRuns, maxRunsPerScope: maxRuns }),
})
const client = new OpenAI({ baseURL: `http://127.0.0.1:${upstreamPort}/v1`, apiKey: 'none' })
const retriever: Retriever = {
  retrieve: async () => [{ chunk: { chunkId: 'c', documentId: 'd', text: 'Items can be returned.' }, score: 1 }],
}
const handler = createChatHandler({
  retriever,
  model: openaiChatModel({ client, model: 'endurance' }),
  ...(stores.history && { history: stores.history }),
  runs,
  scope: () => 'endurance',
})
const port = await listenOnLoopback(createServer(toNodeHandler(handler)))
process.send?.(port)
process.on('message', () => process.send?.(figures()))
process.on('disconnect', () => process.exit())

function figures(): AppFigures {
  // What the first collection lets go of may hold something by itself.
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  const { user, system } = process.cpuUsage()
  const { heapUsed, external } = memoryUsage()
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  return { cpuMicros: user + system, heapBytes: heapUsed + external, resources, listeners, activeRuns: runs.active }
}
