// The server of the endurance commands, as an application mounts it: a separate process with the given stores.
import { createServer } from 'node:http'
import { memoryUsage } from 'node:process'
import OpenAI from 'openai'
import type { Retriever } from 'ragwire'
import { toNodeHandler } from 'ragwire/node'
import { openaiChatModel } from 'ragwire/openai'
import { createChatHandler, createRunRegistry, memoryRunStore } from 'ragwire/server'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'
import { openStores, type StoreAddress } from './stores.ts'

/** The command line options of the process. */
export interface AppOptions {
  readonly upstreamPort: number
  readonly store: StoreAddress
  readonly leaseMs?: number
  readonly pollMs?: number
  readonly maxRuns?: number
  /** The number of ended runs that are kept in memory. */
  readonly keptRuns?: number
}

/** The figures that the process reports. */
export interface AppFigures {
  readonly cpuMicros: number
  /** The heap after a garbage collection. */
  readonly heapBytes: number
  /** Handles that keep a process alive, by their kind. */
  readonly resources: Readonly<Record<string, number>>
  /** The number of listeners on the process itself; an ended run must leave none. */
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
  // Objects released by the first collection may have held others.
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  const { user, system } = process.cpuUsage()
  const { heapUsed, external } = memoryUsage()
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  return { cpuMicros: user + system, heapBytes: heapUsed + external, resources, listeners, activeRuns: runs.active }
}
