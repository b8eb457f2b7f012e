import { createServer, type RequestListener } from 'node:http'
import { answerParent } from '../child.ts'
import { listen } from '../listen.ts'

/**
 * The questions to a server: `cpuMicros` is the CPU time of its process so far, `heapBytes` the heap after a
 * collection, and `rssBytes` its resident memory.
 */
export type ServerQuestion = 'port' | 'cpuMicros' | 'heapBytes' | 'rssBytes'

/** Serves answers, and reports their cost to the parent. */
export async function serve(listener: (...args: Parameters<RequestListener>) => unknown): Promise<void> {
  const server = createServer((request, response) => void listener(request, response))
  const port = await listen(server)
  const answers: Record<ServerQuestion, () => number> = {
    port: () => port,
    cpuMicros,
    heapBytes,
    rssBytes: () => process.memoryUsage.rss(),
  }
  answerParent((question: ServerQuestion) => answers[question]())
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function heapBytes(): number {
  // Objects released by the first collection may have held others.
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
