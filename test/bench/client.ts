// The load: reads the given number of answers at the same time, and counts the complete ones.
import { get } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { answerParent } from './child.ts'
import { answerDeltas, type Workload } from './workload.ts'

/** The answers to read. */
export interface Load {
  readonly port: number
  readonly streams: number
  /** The expected text of each answer. */
  readonly workload: Workload
}

answerParent(async ({ port, streams, workload }: Load) => {
  const bodies = await Promise.all(Array.from({ length: streams }, () => read(port)))
  const expected = JSON.stringify(answerDeltas(workload).join(''))
  return bodies.filter((body) => textOf(body) === expected).length
})

function read(port: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  get({ host: '127.0.0.1', port, agent: false }, (response) => void buffer(response).then(resolve, reject)).on(
    'error',
    reject,
  )
  return promise
}

/** Parses the answer from JSON, with the property names of any server. */
function textOf(body: Buffer): string {
  const pieces = body.toString().matchAll(/"(?:content|delta)":"(?<piece>[^"]*)"/gu)
  return `"${Array.from(pieces, ({ groups }) => groups?.['piece']).join('')}"`
}
