import type { IncomingMessage, ServerResponse } from 'node:http'
import { createChat, type ChatError, type ChatModel, type Condenser, type HistoryStore, type Retriever } from 'ragwire'
import { answerNodeRequest } from 'ragwire/node'
import { createChatHandler, type FeedbackNote, type RunRegistry } from 'ragwire/server'
import type { PageFile } from './page.ts'
import { scopeOf, welcome } from './scope.ts'
import type { IsTrusted } from './trusted.ts'

/** The parts of the demo server. */
export interface DemoOptions {
  readonly retriever: Retriever
  readonly model: ChatModel
  /** Makes a stand-alone question of a follow-up, instead of the model. */
  readonly condenser?: Condenser
  readonly history: HistoryStore
  readonly runs: RunRegistry
  /** The files of the page, by path. */
  readonly page: ReadonlyMap<string, PageFile>
  /** True if a request may be answered. Each answer costs money of the person who runs the demo. */
  readonly isTrusted: IsTrusted
  /** Called with the cause when an answer fails; the reader gets only a safe sentence. */
  readonly onError: (error: ChatError) => void
  /** Called when a reader gives feedback on an answer, changes it, or takes it back. */
  readonly onFeedback: (feedback: FeedbackNote) => void
}

/** Makes the request listener: it sends the files of the page, and the chat handler answers all other requests. */
export function createDemoHandler({ page, isTrusted, runs, onError, onFeedback, ...options }: DemoOptions) {
  const handler = createChatHandler({ chat: createChat(options), scope: scopeOf, runs, onError, onFeedback })

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isTrusted(request)) return refuse(response, 403, UNTRUSTED)
    const [path = '/'] = (request.url ?? '/').split('?')
    const file = page.get(path)
    if (file) return sendFile(file, path, request, response)
    welcome(request, response)
    await answerNodeRequest(handler, request, response)
  }
}

function sendFile(file: PageFile, path: string, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return refuse(response, 405, 'Use GET or HEAD here')
  }
  // The page sends several requests at once when it has loaded, and all of them need the same cookie.
  if (path === '/') welcome(request, response)
  response.writeHead(200, file.headers).end(file.body)
}

const UNTRUSTED =
  'Only the page of this server may do that, under a name that the server knows: add others to DEMO_HOSTS'

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}
