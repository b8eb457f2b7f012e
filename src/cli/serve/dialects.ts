import { agUi } from '../../ag-ui.ts'
import { aiSdk } from '../../ai-sdk.ts'
import type { Retriever } from '../../index.ts'
import type { Knowledge } from '../../knowledge.ts'
import { mcp } from '../../mcp.ts'
import { openaiChat } from '../../openai-chat.ts'
import { openaiResponses } from '../../openai-responses.ts'
import type { ChatHandlerOptions } from '../../server.ts'
import { pathOfDocument } from '../workspace/document-path.ts'

type Dialects = NonNullable<ChatHandlerOptions['dialects']>

/** The parts of the server that the tools of the Model Context Protocol use. */
export interface McpParts {
  /** Finds passages, with the addresses of this server. */
  readonly retriever: Retriever
  /** Reads a document. */
  readonly knowledge: Pick<Knowledge, 'document'>
  /** The address of this server. */
  readonly origin: string
  /** The version of the program. */
  readonly version: string
}

/** Returns the wire formats of the API beside the native ones. Clients may send the name of any model. */
export function createDialects({ retriever, knowledge, origin, version }: McpParts): Dialects {
  const tools = mcp({
    name: 'ragwire',
    version,
    retriever,
    fetch: (documentId, { signal }) => knowledge.document(documentId, { signal }),
    sourceUrl({ documentId }) {
      const path = pathOfDocument(documentId)
      return path && new URL(path, origin).href
    },
    // A DOCX file has no address here.
    onWarning: false,
  })
  return [openaiResponses({ models: 'any' }), aiSdk(), agUi(), tools]
}

/**
 * The wire formats whose clients send the whole conversation with each question. Their requests are answered without a
 * history, because they name no conversation.
 */
export const STATELESS_DIALECTS: Dialects = [openaiChat({ models: 'any' })]

const STATELESS = /^\/v1\/(?:chat\/|models(?:$|\/|\?))/u

/** Returns true for a request that {@link STATELESS_DIALECTS} answer. */
export function isStateless(url: string): boolean {
  return STATELESS.test(url)
}
