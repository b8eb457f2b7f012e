// `npm run load -- [--streams 500] [--rate 10] [--seconds 30] [--store none,redis]`: opens many paced streams at once
// through the handler, and reports the number of complete ones, the delays of readers, and the cost of a token.
import { request } from 'node:http'
import { parseArgs } from 'node:util'
import { startApp, startUpstream } from './start.ts'
import { startStore, STORE_NAMES, type StoreName } from './stores.ts'

const LONGEST_GAP_MS = 2_000

const { streams, rate, seconds, store } = parseArgs({
  options: {
    streams: { type: 'string', default: '500' },
    rate: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '30' },
    store: { type: 'string', default: 'none' },
  },
}).values

const workload = { streams: Number(streams), tokens: Number(rate) * Number(seconds), intervalMs: 1_000 / Number(rate) }
const names = store.split(',').map(toStoreName)
const reports: Report[] = []
for (const name of names) reports.push(await load(name))
const [plain, ...others] = reports
for (const other of others) {
  if (plain) console.log(`a token costs ${(other.cpuMicros / plain.cpuMicros).toFixed(2)} times that without a store`)
}
process.exitCode = reports.every(({ completed, longestGapMs }) => {
  return completed === workload.streams && longestGapMs <= LONGEST_GAP_MS
})
  ? 0
  : 1

/** The results of a load. */
interface Report {
  readonly completed: number
  /** The time between two token frames of one stream, in milliseconds. */
  readonly longestGapMs: number
  /** CPU time of the application's process for each token. */
  readonly cpuMicros: number
}

async function load(name: StoreName): Promise<Report> {
  const { streams, tokens, intervalMs } = workload
  await using resources = new AsyncDisposableStack()
  const upstream = resources.adopt(await startUpstream({ tokens, intervalMs }), ({ kill }) => kill())
  const { address } = resources.adopt(await startStore(name), ({ close }) => close())
  const app = resources.adopt(
    await startApp({ upstreamPort: upstream.port, store: address, maxRuns: streams + 1 }),
    ({ kill }) => kill(),
  )
  const before = await app.figures()
  const answers = await Promise.all(Array.from({ length: streams }, () => readAnswer(app.port)))
  const after = await app.figures()

  const report = {
    completed: answers.filter(({ whole }) => whole).length,
    longestGapMs: Math.max(...answers.map(({ longestGapMs }) => longestGapMs)),
    cpuMicros: (after.cpuMicros - before.cpuMicros) / (streams * tokens),
  }
  const gap = `longest gap between tokens ${Math.round(report.longestGapMs)} ms`
  const cost = `${report.cpuMicros.toFixed(0)} µs of CPU per token`
  console.log(`store ${name}: ${report.completed} of ${streams} streams completed, ${gap}, ${cost}`)
  return report
}

interface Answer {
  readonly whole: boolean
  readonly longestGapMs: number
}

/**
 * Reads one answer. Frames are recognised by their first line alone, because this process shares its cores with the
 * server.
 */
function readAnswer(port: number): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  let lastTokenAt: number | undefined
  let longestGapMs = 0
  let tail = ''
  const end = (): void => resolve({ whole: tail.includes('event: done\n'), longestGapMs })
  const question = request(
    {
      host: '127.0.0.1',
      port,
      path: '/chat',
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json' },
    },
    (response) => {
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        tail = text
        if (!text.includes('event: token\n')) return
        const now = performance.now()
        longestGapMs = Math.max(longestGapMs, now - (lastTokenAt ?? now))
        lastTokenAt = now
      })
      response.on('close', end)
    },
  )
  question.on('error', end)
  question.end(JSON.stringify({ question: 'Can items be returned?' }))
  return promise
}

function toStoreName(name: string): StoreName {
  const known = STORE_NAMES.find((candidate) => candidate === name)
  if (!known) throw new Error(`Cannot use the store ${name}: it must be one of ${STORE_NAMES.join(', ')}`)
  return known
}
