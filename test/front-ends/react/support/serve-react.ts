import { createServer, type ServerResponse } from 'node:http'
import { memoryHistoryStore, type HistoryStore } from '../../../../src/index.ts'
import { answerNodeRequest } from '../../../../src/node.ts'
import {
  createChatHandler,
  createRunRegistry,
  memoryRunStore,
  type RunRegistryOptions,
} from '../../../../src/server.ts'
import { fakeRetriever, type FakeChunk, type ScriptedChatModel } from '../../../../src/testing.ts'
import { listenOnLoopback } from '../../../../src/testing/listen-on-loopback.ts'

/** A server with a page and a chat handler. */
export interface ReactServer extends AsyncDisposable {
  /** The address of the page. */
  readonly url: string
  /** The requests to the chat handler so far, such as `POST /api/chat`. */
  readonly requests: readonly string[]
  /** Values of the header `x-page` so far. */
  readonly pages: readonly unknown[]
}

/** The options of {@link serveReact}. */
export interface ServeOptions {
  readonly model: ScriptedChatModel
  /** Returns the HTML of the page's root for a query. */
  readonly render: (search: string) => string
  /** The script of the page. */
  readonly script: string
  readonly chunks?: readonly FakeChunk[]
  readonly history?: HistoryStore
  /** @defaultValue `abort` */
  readonly onDisconnect?: RunRegistryOptions['onDisconnect']
}

// No style and no script but the page's own file.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:"

/** Serves a page under the strictest content security policy, with the chat handler below `/api` and `/other`. */
export async function serveReact(options: ServeOptions): Promise<ReactServer> {
  const { model, chunks = CHUNKS, history = memoryHistoryStore(), onDisconnect } = options
  const runs = createRunRegistry({ store: memoryRunStore(), onDisconnect })
  const handlers = ['/api', '/other'].map((basePath) =>
    createChatHandler({
      basePath,
      model,
      history,
      runs,
      retriever: fakeRetriever(chunks),
      scope: () => 'reader',
      condenser: false,
      // A model that waits at a gate is aborted by its reader alone.
      idleMs: Infinity,
      onError() {},
    }),
  )
  const requests: string[] = []
  const pages: unknown[] = []
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://page')
    const handler = handlers[pathname.startsWith('/api/') ? 0 : pathname.startsWith('/other/') ? 1 : -1]
    if (!handler) return servePart(pathname, { search, response, options })
    requests.push(`${request.method} ${pathname}`)
    pages.push(request.headers['x-page'])
    void answerNodeRequest(handler, request, response)
  })
  const url = `http://127.0.0.1:${await listenOnLoopback(server)}`
  return {
    url,
    requests,
    pages,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const CHUNKS: readonly FakeChunk[] = ['Cats sleep 16 hours a day.', 'Dogs sleep 12 hours a day.']

interface PartRequest {
  readonly search: string
  readonly response: ServerResponse
  readonly options: ServeOptions
}

function servePart(pathname: string, { search, response, options }: PartRequest): void {
  const isPage = pathname === '/'
  response.writeHead(isPage || pathname === '/page.js' ? 200 : 404, {
    'content-type': isPage ? 'text/html' : 'text/javascript',
    'content-security-policy': POLICY,
  })
  const html = () =>
    `<!doctype html><html lang="en"><title>Chat</title><link rel="icon" href="data:,"><div id="root">${options.render(search)}</div><script src="/page.js"></script>`
  response.end(isPage ? html() : pathname === '/page.js' ? options.script : '')
}
