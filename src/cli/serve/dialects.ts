import { agUi } from '../../ag-ui.ts'
import { aiSdk } from '../../ai-sdk.ts'
import type { Retriever } from '../../index.ts'
import type { Knowledge } from '../../knowledge.ts'
import { mcp } from '../../mcp.ts'
import { openaiChat } from '../../openai-chat.ts'
import { openaiResponses } from '../../openai-responses.ts'
import type { ChatHandlerOptions } from '../../server.ts'

type Dialects = NonNullable<ChatHandlerOptions['dialects']>

/** The documents that MCP clients search and read. */
export interface ServedDocuments {
  /** The index. */
  readonly knowledge: Knowledge
  /** The address of the server, which the addresses of documents begin with. */
  readonly url: string
  /** The title of the page, which MCP clients show. */
  readonly title: string
  /** The version of the program. */
  readonly version: string
}

/** Returns the wire formats of the API beside the native ones. Clients may send the name of any model. */
export function createDialects({ knowledge, url, title, version }: ServedDocuments, retriever: Retriever): Dialects {
  // Everybody who may use the server may read its documents, which have no scope.
  const tools = mcp({
    name: title,
    version,
    knowledge,
    retriever,
    readableScopes: () => [],
    baseUrl: url,
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
