// The load: reads the given number of answers at the same time, and counts the complete ones.
import { request } from 'node:http'
import { answerParent } from './child.ts'
import { nowMicros } from './clock.ts'
import { median } from './median.ts'
import { answerDeltas, QUESTION, type Workload } from './workload.ts'

/** The answers to read. */
export interface Load {
  readonly port: number
  readonly streams: number
  /** The expected answer. */
  readonly workload: Workload
}

/** The load of a server, or the latency of the tokens of the last load. */
export type ClientQuestion = Load | 'medianLatencyMs'

const BODY = JSON.stringify({ question: QUESTION })
const HEADERS = {
  accept: 'text/event-stream',
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(BODY),
}

let latencies: number[] = []

answerParent((question: ClientQuestion) => {
  return question === 'medianLatencyMs' ? median(latencies) / 1_000 : readAnswers(question)
})

async function readAnswers({ port, streams, workload }: Load): Promise<number> {
  latencies = []
  const bodies = await Promise.all(Array.from({ length: streams }, () => read(port, workload)))
  if (workload.stamped) return Math.floor(latencies.length / workload.tokens)
  const expected = JSON.stringify(answerDeltas(workload).join(''))
  return bodies.filter((body) => textOf(body) === expected).length
}

function read(port: number, { stamped = false }: Workload): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const post = request({ host: '127.0.0.1', port, method: 'POST', path: '/chat', headers: HEADERS, agent: false })
  post.on('error', reject)
  post.on('response', (response) => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      body += text
      if (stamped) body = noteLatencies(body)
    })
    response.on('error', reject)
    response.on('end', () => resolve(body))
  })
  post.end(BODY)
  return promise
}

/** Notes the latencies of the tokens in complete frames, and returns the beginning of the next frame. */
function noteLatencies(text: string): string {
  const now = nowMicros()
  const end = text.lastIndexOf('\n\n')
  if (end < 0) return text
  for (const { groups } of text.slice(0, end).matchAll(/"(?:content|delta)":" (?<stamp>\d{15})"/gu))
    latencies.push(now - Number(groups?.['stamp']))
  return text.slice(end)
}

/** Parses the answer from JSON, with the property names of any server. */
function textOf(body: string): string {
  const pieces = body.matchAll(/"(?:content|delta)":"(?<piece>[^"]*)"/gu)
  return `"${Array.from(pieces, ({ groups }) => groups?.['piece']).join('')}"`
}
