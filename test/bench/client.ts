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

/**
 * A load, or a question about the last load: the answers of which the first token has come, the tokens that have come, and
 * the median latency of these tokens.
 */
export type ClientQuestion = Load | 'answersBegun' | 'tokensRead' | 'medianLatencyMs'

const BODY = JSON.stringify({ question: QUESTION })
const HEADERS = {
  accept: 'text/event-stream',
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(BODY),
}
// A piece of the text in JSON, with the property name of any server.
const PIECE = /"(?:content|delta)":"(?<piece>[^"]*)"/gu

interface Answer {
  text: string
}

let answers: readonly Answer[] = []
let expected: { readonly text: string; readonly tokens: number } = { text: '', tokens: 0 }
let latencies: number[] = []

const questions = {
  answersBegun: () => answers.filter(({ text }) => text !== '').length,
  // A server may join tokens, so that the pieces cannot be counted.
  tokensRead: () => (sumOf(answers.map(({ text }) => text.length)) / expected.text.length) * expected.tokens,
  medianLatencyMs: () => median(latencies) / 1_000,
}

answerParent((question: ClientQuestion) =>
  typeof question === 'string' ? questions[question]() : readAnswers(question),
)

/** Reads answers, and resolves with the number of those that came whole. */
async function readAnswers({ port, streams, workload }: Load): Promise<number> {
  expected = { text: JSON.stringify(answerDeltas(workload).join('')).slice(1, -1), tokens: workload.tokens }
  latencies = []
  const reading = Array.from({ length: streams }, () => ({ text: '' }))
  answers = reading
  await Promise.all(reading.map((answer) => read(port, { answer, stamped: workload.stamped ?? false })))
  const isWhole = ({ text }: Answer): boolean =>
    workload.stamped ? text.length === expected.text.length : text === expected.text
  return reading.filter(isWhole).length
}

function read(
  port: number,
  { answer, stamped }: { readonly answer: Answer; readonly stamped: boolean },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const post = request({ host: '127.0.0.1', port, method: 'POST', path: '/chat', headers: HEADERS, agent: false })
  post.on('error', reject)
  post.on('response', (response) => {
    let rest = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      const now = nowMicros()
      rest += text
      const end = rest.lastIndexOf('\n\n')
      if (end < 0) return
      for (const { groups } of rest.slice(0, end).matchAll(PIECE)) {
        const piece = groups?.['piece'] ?? ''
        answer.text += piece
        if (stamped) latencies.push(now - Number(piece))
      }
      rest = rest.slice(end)
    })
    response.on('error', reject)
    response.on('end', resolve)
  })
  post.end(BODY)
  return promise
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
