import type { IncomingMessage, ServerResponse } from 'node:http'
import { streamChat, type ChatError, type ChatModel, type Condenser, type HistoryStore, type Retriever } from 'ragwire'
import { sendToNode } from 'ragwire/node'
import { parseChatRequest } from 'ragwire/server'
import { HttpError, readJson, sendJson } from './http.ts'
import type { PageFile } from './page.ts'
import { scopeOf } from './scope.ts'

/** What the handler answers with. */
export interface HandlerOptions {
  readonly retriever: Retriever
  readonly model: ChatModel
  /** Makes a stand-alone question of a follow-up, instead of the model. */
  readonly condenser?: Condenser
  readonly history: HistoryStore
  /** The files of the page, by path. */
  readonly page: ReadonlyMap<string, PageFile>
  /** Hears why an answer failed; the reader is told only what is safe. */
  readonly onError: (error: ChatError) => void
}

const THREADS = '/threads/'
const SHOWN_TURNS = 200
const STORE_MS = 5_000

/**
 * Handles a request. `POST /chat` `{ "question": "…", "threadId": "…" }` is answered by a stream of events; without a
 * `threadId` a conversation begins. `GET /threads/:threadId` gives the turns of one, and any other `GET` a file of the
 * page. It rejects with what is wrong with a request.
 */
export function createHandler({ page, ...options }: HandlerOptions) {
  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/'] = (request.url ?? '/').split('?')
    if (path === '/chat') return chat(request, response)
    if (path.startsWith(THREADS)) return thread(path.slice(THREADS.length), request, response)
    const file = page.get(path)
    if (!file) throw new HttpError(404, `There is nothing at ${path}`)
    expectMethod(request, ['GET', 'HEAD'])
    if (path === '/') scopeOf(request, response)
    response.writeHead(200, file.headers).end(file.body)
  }

  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    expectMethod(request, ['POST'])
    expectOwnPage(request)
    const { question, threadId } = parseChatRequest(await readJson(request))
    const scope = scopeOf(request, response)
    const turn = { ...options, question, scope, ...(threadId !== undefined && { threadId }) }
    // When the reader leaves or presses stop, the connection closes, and this stops the model.
    await sendToNode(streamChat(turn), response)
  }

  /** A thread that is unknown and one of somebody else look the same: empty. */
  async function thread(threadId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    expectMethod(request, ['GET', 'HEAD'])
    const scope = scopeOf(request, response)
    const signal = AbortSignal.timeout(STORE_MS)
    const turns = await options.history.load({ scope, threadId: decode(threadId) }, { limit: SHOWN_TURNS, signal })
    sendJson(response, 200, { turns }, { 'cache-control': 'no-store' })
  }
}

function expectMethod({ method = '' }: IncomingMessage, allowed: readonly string[]): void {
  if (allowed.includes(method)) return
  const allow = allowed.join(', ')
  throw new HttpError(405, `Use ${allow} here, not ${method}`, { allow })
}

/** Other sites may not ask: each answer spends the key of whoever runs the demo. Clients such as curl send no such header. */
function expectOwnPage({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') throw new HttpError(403, 'Only the page of this server may ask')
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new HttpError(400, 'The id of the thread is not encoded as in a URL')
  }
}
