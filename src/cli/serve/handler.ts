import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createChat,
  toChatError,
  type ChatError,
  type ChatModel,
  type Condenser,
  type HistoryStore,
  type Retriever,
} from '../../index.ts'
import { answerNodeRequest } from '../../node.ts'
import { createChatHandler, type FeedbackNote, type RunRegistry } from '../../server.ts'
import { createDialects, isStateless, STATELESS_DIALECTS, type ServedDocuments } from './dialects.ts'
import { sendDocument } from './document-files.ts'
import type { Library } from './library.ts'
import type { Page, PageFile } from './page.ts'
import { identify, scopeOf, welcome } from './scope.ts'
import { isRead, type IsTrusted } from './trusted.ts'

/** The parts of the server. */
export interface ServeOptions {
  /** Finds the sources. */
  readonly retriever: Retriever
  /** Maximum number of sources of an answer. */
  readonly topK?: number | undefined
  /** The documents, for MCP clients and for the check of sources of stored answers. */
  readonly documents: ServedDocuments
  /** Answers from the sources. */
  readonly model: ChatModel
  /** Makes a stand-alone question of a follow-up, instead of the model. */
  readonly condenser?: Condenser | undefined
  /** Holds the conversations. */
  readonly history: HistoryStore
  /** Holds the running answers. */
  readonly runs: RunRegistry
  /** The files of the page. */
  readonly page: Page
  /** The documents that a source opens, and the state of their index. */
  readonly library: Library
  /** True if a request may be answered. Each answer costs money of the person who runs the server. */
  readonly isTrusted: IsTrusted
  /** Called with the cause when an answer fails; the reader gets only a safe sentence. */
  readonly onError: (error: ChatError) => void
  /** Called when a reader gives feedback on an answer, changes it, or takes it back. */
  readonly onFeedback: (feedback: FeedbackNote) => void
}

/** Answers one request. */
export type ServeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Makes the request listener: it sends the files of the page and the documents, and the chat handlers answer all other
 * requests.
 */
export function createServeHandler(options: ServeOptions): ServeHandler {
  const { page, library, isTrusted, documents, runs, onError, onFeedback, history, ...chatOptions } = options
  const shared = { scope: scopeOf, runs, onError }
  const chat = createChat({ ...chatOptions, history })
  const { checkSources } = documents.knowledge
  const dialects = createDialects(documents, chatOptions.retriever)
  const handler = createChatHandler({ ...shared, chat, checkSources, onFeedback, dialects })
  const stateless = createChatHandler({ ...shared, chat: createChat(chatOptions), dialects: STATELESS_DIALECTS })

  return async (request, response) => {
    try {
      await handle(request, response)
    } catch (thrown) {
      // A file of the index that was damaged while the server runs must not end it.
      onError(toChatError(thrown, 'internal'))
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'The server could not answer: its terminal shows the reason')
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isTrusted(request)) return refuse(response, 403, UNTRUSTED)
    const { url = '/' } = request
    const [path = '/'] = url.split('?')
    const document = library.find(path)
    const file = path === '/' || path === '/status' ? 'made' : page.files.get(path)
    if ((file || document) && !isRead(request.method)) return refuseMethod(response)
    if (document) return sendDocument(document, request, response)
    if (path === '/') {
      // The page sends several requests at once when it has loaded, and all of them need the same cookie.
      welcome(request, response)
      return sendFile(page.render(await library.status()), response)
    }
    if (path === '/status') return sendJson(response, 200, await library.status())
    if (file && file !== 'made') return sendFile(file, response)
    identify(request, response)
    await answerNodeRequest(isStateless(url) ? stateless : handler, request, response)
  }
}

function sendFile(file: PageFile, response: ServerResponse): void {
  response.writeHead(200, file.headers).end(file.body)
}

function refuseMethod(response: ServerResponse): void {
  response.setHeader('allow', 'GET, HEAD')
  refuse(response, 405, 'Use GET or HEAD here')
}

const UNTRUSTED =
  'Only the page of this server may do that, under a name that the server knows: add others with --allowed-hosts'

function refuse(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { message })
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
