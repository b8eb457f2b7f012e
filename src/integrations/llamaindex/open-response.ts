import { streamOf } from '../../core/async/iterators.ts'
import type { LlamaIndexNodeWithScore } from './llamaindex-node.ts'

/** The used part of an `EngineResponse` of LlamaIndex. */
export interface LlamaIndexResponse {
  /** The text: a piece of the answer in a stream. */
  readonly message: { readonly content: string | readonly object[] }
  /** The nodes that the answer uses. Every chunk of a stream repeats them. */
  readonly sourceNodes?: readonly LlamaIndexNodeWithScore[] | undefined
  /** The chunk of the provider; query engines drop it. */
  readonly raw?: unknown
}

/**
 * Returns the answer of an engine as a stream. An engine that finds nothing returns one response, although a stream was
 * asked for. `CondenseQuestionChatEngine` even iterates that response, which throws. `emptyResponse` replaces its text.
 */
export function openResponse(answer: unknown, emptyResponse: string | undefined): AsyncIterable<LlamaIndexResponse> {
  if (isStream(answer)) return orEmpty(answer, toEmpty(emptyResponse ?? 'Empty Response'))
  const response = answer as LlamaIndexResponse
  const isEmpty = !response?.sourceNodes || response.sourceNodes.length === 0
  return streamOf([isEmpty && emptyResponse !== undefined ? toEmpty(emptyResponse) : response])
}

function toEmpty(content: string): LlamaIndexResponse {
  return { message: { content }, sourceNodes: [] }
}

/** Yields `empty` instead of the error of a loop over something that is not a stream. */
function orEmpty(
  stream: AsyncIterable<LlamaIndexResponse>,
  empty: LlamaIndexResponse,
): AsyncIterable<LlamaIndexResponse> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = stream[Symbol.asyncIterator]()
      let started = false
      const onResult = (result: IteratorResult<LlamaIndexResponse>): IteratorResult<LlamaIndexResponse> => {
        started = true
        return result
      }
      const onFailure = (thrown: unknown): IteratorResult<LlamaIndexResponse> => {
        const isNoStream = !started && thrown instanceof TypeError && thrown.message.includes('not async iterable')
        started = true
        if (isNoStream) return { value: empty, done: false }
        throw thrown
      }
      return {
        next: () => iterator.next().then(onResult, onFailure),
        return: async () => iterator.return?.() ?? { value: undefined, done: true },
      }
    },
  }
}

function isStream(answer: unknown): answer is AsyncIterable<LlamaIndexResponse> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}
