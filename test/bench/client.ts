// The load: reads as many answers at once as it is told, and says how many came whole.
import { get } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { answerParent } from './child.ts'
import { answerDeltas, type Workload } from './workload.ts'

/** What to read. */
export interface Load {
  readonly port: number
  readonly streams: number
  /** What each answer must be. */
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

/** The answer as JSON, by whichever name a server gives its pieces. */
function textOf(body: Buffer): string {
  const pieces = body.toString().matchAll(/"(?:content|delta)":"(?<piece>[^"]*)"/gu)
  return `"${Array.from(pieces, ({ groups }) => groups?.['piece']).join('')}"`
}
