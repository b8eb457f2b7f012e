import OpenAI7 from 'openai'
import OpenAI6 from 'openai6'
import { nodeFetch } from '../../../src/node.ts'
import type { OpenAIChatClient, OpenAIEmbeddingClient, OpenAIResponsesClient } from '../../../src/openai.ts'

/** Makes a client of the official package, as an application does. */
export type CreateClient = (options: {
  readonly baseURL: string
  readonly fetch?: typeof fetch
}) => OpenAIChatClient & OpenAIResponsesClient & OpenAIEmbeddingClient

/** The supported major versions of the official package. */
export const CLIENTS: readonly (readonly [name: string, createClient: CreateClient])[] = [
  ['openai 7', (options) => new OpenAI7({ apiKey: 'key', ...options })],
  ['openai 6', (options) => new OpenAI6({ apiKey: 'key', ...options })],
]

const sendOverNode = nodeFetch()

/** Makes the same client over `nodeFetch`. */
export function overNodeFetch(createClient: CreateClient): CreateClient {
  return (options) => createClient({ fetch: sendOverNode, ...options })
}
