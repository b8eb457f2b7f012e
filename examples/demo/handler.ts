import type { IncomingMessage, ServerResponse } from 'node:http'
import { streamChat, type ChatError, type ChatModel, type Retriever } from 'ragwire'
import { sendToNode } from 'ragwire/node'
import { parseChatRequest } from 'ragwire/server'
import { HttpError, readJson } from './http.ts'
import type { PageFile } from './page.ts'

/** What the handler answers with. */
export interface HandlerOptions {
  readonly retriever: Retriever
  readonly model: ChatModel
  /** The files of the page, by path. */
  readonly page: ReadonlyMap<string, PageFile>
  /** Hears why an answer failed; the reader is told only what is safe. */
  readonly onError: (error: ChatError) => void
}

/**
 * Handles a request: `POST /chat` `{ "question": "…" }` is answered by a stream of events, `GET` by a file of the page.
 * It rejects with what is wrong with a request.
 */
export function createHandler({ retriever, model, page, onError }: HandlerOptions) {
  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/'] = (request.url ?? '/').split('?')
    if (path === '/chat') return chat(request, response)
    const file = page.get(path)
    if (!file) throw new HttpError(404, `There is nothing at ${path}`)
    expectMethod(request, ['GET', 'HEAD'])
    response.writeHead(200, file.headers).end(file.body)
  }

  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    expectMethod(request, ['POST'])
    expectOwnPage(request)
    const { question } = parseChatRequest(await readJson(request))
    // When the reader leaves or presses stop, the connection closes, and this stops the model.
    await sendToNode(streamChat({ question, retriever, model, onError }), response)
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
