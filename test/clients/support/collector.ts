import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { listenOnLoopback } from '../../../src/testing/listen-on-loopback.ts'

/** The service that receives the reports of a wrapper, on loopback. */
export interface Collector extends AsyncDisposable {
  readonly url: string
  /** The received bodies, as text. */
  readonly reports: readonly string[]
}

/** Starts a service that accepts every request. */
export async function startCollector(): Promise<Collector> {
  const reports: string[] = []
  const server = createServer((request, response) => {
    const answer = (body: Buffer): void => {
      reports.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString())
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' })
      response.end(JSON.stringify(welcome(url)))
    }
    // The body of an aborted report is ignored.
    buffer(request).then(answer, () => response.destroy())
  })
  const url = `http://127.0.0.1:${await listenOnLoopback(server)}`
  return {
    url,
    reports,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

// Braintrust first requests the destination and the project of its reports.
function welcome(url: string) {
  const named = { id: 'id', name: 'name' }
  return { project: named, org_info: [{ ...named, api_url: url, proxy_url: url }] }
}
