import { createServer, type RequestListener } from 'node:http'
import { promisify } from 'node:util'
import { answerParent } from '../child.ts'
import { listen } from '../listen.ts'

/** What a server is asked; `cpuMicros` is the CPU time of its process so far, `heapBytes` what a collection leaves. */
export type ServerQuestion = 'port' | 'openStreams' | 'cpuMicros' | 'heapBytes'

/** Serves answers, and tells the parent what they cost. */
export async function serve(listener: (...args: Parameters<RequestListener>) => unknown): Promise<void> {
  const server = createServer((request, response) => void listener(request, response))
  const port = await listen(server)
  const answers: Record<ServerQuestion, () => number | Promise<number>> = {
    port: () => port,
    openStreams: () => promisify(server.getConnections.bind(server))(),
    cpuMicros,
    heapBytes,
  }
  answerParent((question: ServerQuestion) => answers[question]())
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function heapBytes(): number {
  // What the first collection lets go of may hold something by itself.
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
