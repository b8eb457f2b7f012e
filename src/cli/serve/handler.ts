import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createChat,
  type ChatError,
  type ChatModel,
  type CheckSources,
  type Condenser,
  type HistoryStore,
  type Retriever,
} from '../../index.ts'
import { answerNodeRequest } from '../../node.ts'
import { createChatHandler, type FeedbackNote, type RunRegistry } from '../../server.ts'
import { sendDocument, type DocumentFile } from './document-files.ts'
import type { PageFile } from './page.ts'
import { scopeOf, welcome } from './scope.ts'
import type { IsTrusted } from './trusted.ts'

/** The parts of the server. */
export interface ServeOptions {
  /** Finds the sources. */
  readonly retriever: Retriever
  /** Compares the sources of stored answers with the documents of now. */
  readonly checkSources: CheckSources
  /** Answers from the sources. */
  readonly model: ChatModel
  /** Makes a stand-alone question of a follow-up, instead of the model. */
  readonly condenser?: Condenser | undefined
  /** Holds the conversations. */
  readonly history: HistoryStore
  /** Holds the running answers. */
  readonly runs: RunRegistry
  /** The files of the page, by path. */
  readonly page: ReadonlyMap<string, PageFile>
  /** The documents that a source opens, by path. */
  readonly documents: ReadonlyMap<string, DocumentFile>
  /** True if a request may be answered. Each answer costs money of the person who runs the server. */
  readonly isTrusted: IsTrusted
  /** Called with the cause when an answer fails; the reader gets only a safe sentence. */
  readonly onError: (error: ChatError) => void
  /** Called when a reader gives feedback on an answer, changes it, or takes it back. */
  readonly onFeedback: (feedback: FeedbackNote) => void
}

/** Answers one request. */
export type ServeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Makes the request listener: it sends the files of the page and the documents, and the chat handler answers all other
 * requests.
 */
export function createServeHandler(options: ServeOptions): ServeHandler {
  const { page, documents, isTrusted, checkSources, runs, onError, onFeedback, ...chatOptions } = options
  const chat = createChat(chatOptions)
  const handler = createChatHandler({ chat, scope: scopeOf, runs, checkSources, onError, onFeedback })

  return async function handle(request, response) {
    if (!isTrusted(request)) return refuse(response, 403, UNTRUSTED)
    const [path = '/'] = (request.url ?? '/').split('?')
    const file = page.get(path)
    const document = documents.get(path)
    if ((file || document) && !isRead(request)) return refuseMethod(response)
    if (file) return sendFile(file, path, request, response)
    if (document) return sendDocument(document, request, response)
    welcome(request, response)
    await answerNodeRequest(handler, request, response)
  }
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

function sendFile(file: PageFile, path: string, request: IncomingMessage, response: ServerResponse): void {
  // The page sends several requests at once when it has loaded, and all of them need the same cookie.
  if (path === '/') welcome(request, response)
  response.writeHead(200, file.headers).end(file.body)
}

function refuseMethod(response: ServerResponse): void {
  response.setHeader('allow', 'GET, HEAD')
  refuse(response, 405, 'Use GET or HEAD here')
}

const UNTRUSTED =
  'Only the page of this server may do that, under a name that the server knows: add others with --allowed-hosts'

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}
