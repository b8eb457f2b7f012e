import type { ChatModel } from '../../../src/index.ts'
import {
  openaiChatModel,
  openaiResponsesModel,
  type OpenAIChatModelOptions,
  type OpenAIResponsesModelOptions,
} from '../../../src/openai.ts'
import { CLIENTS, overNodeFetch, type CreateClient } from './clients.ts'

/** One of the two APIs over which a model answers. */
export interface Api {
  /** Creates a model over it. */
  create(options: OpenAIChatModelOptions & OpenAIResponsesModelOptions): ChatModel
  /** Name of the parameter that limits the tokens. */
  readonly limit: string
  /** The object that has this content as a delta. */
  contentOf(content: unknown): object
  /** The object that has this thought under a name that is not known. */
  thoughtOf(text: string): object
  /** The objects of a whole stream. */
  streamOf(deltas: readonly string[]): readonly object[]
}

const chunkOf = (content: unknown) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })
const deltaOf = (delta: unknown) => ({ type: 'response.output_text.delta', item_id: 'a', output_index: 0, delta })

export const chatApi: Api = {
  create: openaiChatModel,
  limit: 'max_completion_tokens',
  contentOf: chunkOf,
  thoughtOf: (thinking) => ({ choices: [{ index: 0, delta: { thinking_blocks: [{ thinking }] } }] }),
  streamOf: (deltas) => [...deltas.map(chunkOf), { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }],
}

const responsesApi: Api = {
  create: openaiResponsesModel,
  limit: 'max_output_tokens',
  contentOf: deltaOf,
  thoughtOf: (delta) => ({ type: 'response.plan.delta', output_index: 0, delta }),
  streamOf: (deltas) => [
    { type: 'response.created', response: { status: 'in_progress' } },
    ...deltas.map(deltaOf),
    { type: 'response.completed', response: { status: 'completed' } },
  ],
}

/** Each API over each supported major version of the official package. */
export const MODELS: readonly (readonly [name: string, createClient: CreateClient, api: Api])[] = CLIENTS.flatMap(
  ([client, createClient]) =>
    [
      [`openaiChatModel and ${client}`, createClient, chatApi],
      [`openaiResponsesModel and ${client}`, createClient, responsesApi],
    ] as const,
)

/** The same models, and those of one version over `nodeFetch`. */
export const MODELS_OF_EACH_FETCH: typeof MODELS = [
  ...MODELS,
  ...MODELS.slice(0, 2).map(
    ([name, createClient, api]) => [`${name} over nodeFetch`, overNodeFetch(createClient), api] as const,
  ),
]
