// `npm run leak -- [--cycles 2000]`: starts answers and leaves them at a random moment, thousands of times, and
// compares the memory and handles of the application before and after.
import { request } from 'node:http'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AppFigures } from './app.ts'
import { startApp, startUpstream, type AppProcess } from './start.ts'

const TOKENS = 200
const CONCURRENT = 20
// Intentionally retained data must not look like a leak.
const KEPT_RUNS = 20
const WARM_UP_CYCLES = 200
const SETTLE_MS = 10_000
// The memory of the compiler still changes slightly after the warm-up.
const MOST_GROWTH_BYTES = 2 * 1024 * 1024

const KINDS = ['sockets', 'timers', 'listeners'] as const

const cycles = Number(parseArgs({ options: { cycles: { type: 'string', default: '2000' } } }).values.cycles)
process.exitCode = (await leak()) ? 0 : 1

async function leak(): Promise<boolean> {
  await using resources = new AsyncDisposableStack()
  const upstream = resources.adopt(await startUpstream({ tokens: TOKENS, intervalMs: 1 }), ({ kill }) => kill())
  const app = resources.adopt(
    await startApp({
      upstreamPort: upstream.port,
      store: { name: 'none', at: '' },
      maxRuns: 4 * CONCURRENT,
      keptRuns: KEPT_RUNS,
    }),
    ({ kill }) => kill(),
  )
  const before = await settledAfter(app, WARM_UP_CYCLES)
  const after = await settledAfter(app, cycles)
  print('before', before)
  print(`after ${cycles} aborted answers`, after)
  const grown = KINDS.filter((kind) => count(after, kind) > count(before, kind))
  const growth = after.heapBytes - before.heapBytes
  if (grown.length > 0) console.log(`left behind: ${grown.join(', ')}`)
  if (growth > MOST_GROWTH_BYTES) console.log(`the heap has grown by ${toMiB(growth)} MiB`)
  return grown.length === 0 && growth <= MOST_GROWTH_BYTES && after.activeRuns === 0
}

function count({ resources, listeners }: AppFigures, kind: (typeof KINDS)[number]): number {
  if (kind === 'listeners') return listeners
  return resources[kind === 'sockets' ? 'TCPSocketWrap' : 'Timeout'] ?? 0
}

function print(when: string, figures: AppFigures): void {
  const counts = KINDS.map((kind) => `${kind} ${count(figures, kind)}`).join(', ')
  console.log(`${when}: ${counts}, heap ${toMiB(figures.heapBytes)} MiB, runs ${figures.activeRuns}`)
}

function toMiB(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(2)
}

/** Leaves this many answers, and waits until no run is active. */
async function settledAfter(app: AppProcess, answers: number): Promise<AppFigures> {
  for (let done = 0; done < answers; done += CONCURRENT) {
    await Promise.all(Array.from({ length: CONCURRENT }, () => leaveAnswer(app.port)))
  }
  const giveUpAt = performance.now() + SETTLE_MS
  for (;;) {
    const figures = await app.figures()
    const idle = figures.activeRuns === 0 && count(figures, 'sockets') === 0 && count(figures, 'timers') === 0
    if (idle || performance.now() > giveUpAt) return figures
    await sleep(100)
  }
}

/** Asks, and leaves before the first byte or after some of the answer. */
function leaveAnswer(port: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const headers = { 'content-type': 'application/json' }
  const question = request({ host: '127.0.0.1', port, path: '/chat', method: 'POST', agent: false, headers })
  let left = Math.floor(Math.random() * 3_000)
  question.on('response', (response) => {
    response.on('data', (bytes: Buffer) => {
      left -= bytes.length
      if (left <= 0) question.destroy()
    })
    response.on('error', () => {})
  })
  // The response was in progress when the client left.
  question.on('error', () => {})
  question.on('close', resolve)
  question.end(JSON.stringify({ question: 'Can items be returned?' }))
  if (left < 300) setTimeout(() => question.destroy(), left / 100)
  return promise
}
