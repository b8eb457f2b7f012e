import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'

/** A request that a fake cluster answers. */
export interface FakeRequest {
  /** Such as `POST /collections/docs/points/query`, decoded. */
  readonly route: string
  readonly parameters: Readonly<Record<string, string>>
  readonly body: string
}

export interface FakeAnswer {
  readonly status: number
  readonly body: unknown
}

/** A failure instead of an answer. */
export type Fault = 'status 500' | 'page' | 'page with status 502' | 'cut' | 'hang'

export interface FakeCluster {
  readonly url: string
  readonly routes: readonly string[]
  /** Every request of the route fails from now on. Resolves when the first one has come. */
  break(route: string, fault: Fault): Promise<unknown>
  repair(): void
  /** Resolves when the client has closed the request that hangs. */
  readonly released: Promise<unknown>
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens an HTTP server on the loopback address that answers like a cluster. */
export async function openFakeCluster(answer: (request: FakeRequest) => FakeAnswer): Promise<FakeCluster> {
  const routes: string[] = []
  const released = Promise.withResolvers<void>()
  let broken: { readonly route: string; readonly fault: Fault; readonly reached: () => void } | undefined
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const route = `${request.method} ${decodeURIComponent(url.pathname)}`
    void readText(request).then((body) => {
      routes.push(route)
      if (broken?.route === route) {
        broken.reached()
        if (broken.fault === 'hang') response.on('close', released.resolve)
        return fail(response, broken.fault)
      }
      const result = answer({ route, parameters: Object.fromEntries(url.searchParams), body })
      response.writeHead(result.status, { 'content-type': 'application/json' }).end(JSON.stringify(result.body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('The server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    routes,
    break: (route, fault) => new Promise<void>((resolve) => (broken = { route, fault, reached: resolve })),
    repair: () => (broken = undefined),
    released: released.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function fail(response: ServerResponse, fault: Fault): void {
  const page = '<!doctype html><title>Sign in</title>'
  switch (fault) {
    case 'status 500':
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"status":{"error":"out of memory"}}')
      return
    case 'page':
      response.writeHead(200, { 'content-type': 'text/html' }).end(page)
      return
    case 'page with status 502':
      response.writeHead(502, { 'content-type': 'text/html' }).end(page)
      return
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 }).write('{"result":')
      response.destroy()
      return
    case 'hang':
      return
  }
}
