import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectMethods, expectString, wrongType } from '../../core/options/validate.ts'
import type { Message } from '../../core/vocabulary/chat-model.ts'
import type { Engine, EngineEvent, EngineTurn } from '../../core/vocabulary/engine.ts'
import { badResponse } from './llamaindex-error.ts'
import { openResponse, type LlamaIndexResponse } from './open-response.ts'
import { toEngineSource, type LlamaIndexNodeKeys } from './llamaindex-node.ts'
import { createRawChunks } from './raw-chunk.ts'
import { readChunks, type ChunkSource } from './read-chunks.ts'

/** The used part of a LlamaIndex chat engine. The type is structural, so that the package is not needed. */
export interface LlamaIndexChatEngine {
  /** Resolves with the stream of the answer. */
  chat(params: {
    message: string
    chatHistory: { role: Message['role']; content: string }[]
    stream: true
  }): Promise<AsyncIterable<LlamaIndexResponse>>
}

/** The used part of a LlamaIndex query engine. The type is structural, so that the package is not needed. */
export interface LlamaIndexQueryEngine {
  /** Resolves with the stream of the answer. */
  query(params: { query: string; stream: true }): Promise<AsyncIterable<LlamaIndexResponse>>
}

/** A LlamaIndex engine that answers. */
export type LlamaIndexEngine = LlamaIndexChatEngine | LlamaIndexQueryEngine

/** The options of {@link fromLlamaIndexEngine}. */
export interface FromLlamaIndexEngineOptions extends LlamaIndexNodeKeys {
  /** The answer if a query engine finds nothing. @defaultValue the engine's own, "Empty Response" */
  readonly emptyResponse?: string | undefined
}

const OPTIONS: OptionNames<FromLlamaIndexEngineOptions> = { titleKey: true, urlKey: true, emptyResponse: true }

/**
 * Adapts a chat engine or a query engine of LlamaIndex.TS. Pass the engine, or a function that makes one for a turn: a
 * retriever of the tenant (`turn.scope`) belongs there. A chat engine gets the earlier messages with each turn and its own
 * memory is never used, so that turns at the same time do not mix. A query engine gets the question only.
 *
 * The sources are reported once, before the text. An abort ends the stream at once; the requests of the engine continue,
 * unless its models have an `abortableSession`.
 */
export function fromLlamaIndexEngine(
  engine: LlamaIndexEngine | ((turn: EngineTurn) => LlamaIndexEngine | Promise<LlamaIndexEngine>),
  options: FromLlamaIndexEngineOptions = {},
): Engine {
  if (typeof engine !== 'function') expectEngine(engine)
  expectOptions(options, OPTIONS, { of: 'fromLlamaIndexEngine' })
  expectString('titleKey', options.titleKey)
  expectString('urlKey', options.urlKey)
  expectString('emptyResponse', options.emptyResponse)

  async function ask(turn: EngineTurn): Promise<AsyncIterable<LlamaIndexResponse>> {
    const chosen = typeof engine === 'function' ? expectEngine(await engine(turn)) : engine
    const { question, history } = turn
    if (isQueryEngine(chosen)) return chosen.query({ query: question, stream: true })
    // A list makes the engine use a new memory, even if it is empty.
    const chatHistory = history.map(({ role, content }) => ({ role, content }))
    return chosen.chat({ message: question, chatHistory, stream: true })
  }

  return {
    answer: (turn, { signal }) =>
      readChunks(
        responseOf(() => ask(turn), options),
        signal,
      ),
  }
}

function expectEngine(engine: LlamaIndexEngine): LlamaIndexEngine {
  const what = 'a chat engine or a query engine of LlamaIndex.TS, or a function that makes one'
  expectMethods('engine', engine, what, [])
  const { chat, query } = engine as Partial<LlamaIndexChatEngine & LlamaIndexQueryEngine>
  if (typeof chat === 'function' || typeof query === 'function') return engine
  throw wrongType('engine', what, engine)
}

function isQueryEngine(engine: LlamaIndexEngine): engine is LlamaIndexQueryEngine {
  return 'query' in engine && typeof engine.query === 'function'
}

function responseOf(
  ask: () => Promise<AsyncIterable<LlamaIndexResponse>>,
  options: FromLlamaIndexEngineOptions,
): ChunkSource<LlamaIndexResponse, EngineEvent> {
  const raw = createRawChunks()
  let hasSources = false

  function sourcesOf({ sourceNodes }: LlamaIndexResponse): readonly EngineEvent[] {
    // An engine may be plain JavaScript.
    if (hasSources || !Array.isArray(sourceNodes) || sourceNodes.length === 0) return []
    hasSources = true
    return sourceNodes.map((found) => ({ type: 'source', source: toEngineSource(found, options) }))
  }

  return {
    open: async () => openResponse(await ask(), options.emptyResponse),
    read(response) {
      raw.read(response?.raw)
      const delta = textOf(response)
      // An empty chunk shows that the engine is active.
      return [...sourcesOf(response), delta === '' ? { type: 'reasoning' } : { type: 'text', delta }]
    },
    isComplete: () => raw.isFinished,
    end: () => [raw.finish()],
  }
}

// Not `delta`, which prints a warning on a response that is not part of a stream.
function textOf(response: LlamaIndexResponse): string {
  const content: unknown = response?.message?.content
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) throw badResponse('The engine sent a response without a message', response)
  return content.map((part: { readonly text?: unknown }) => (typeof part?.text === 'string' ? part.text : '')).join('')
}
