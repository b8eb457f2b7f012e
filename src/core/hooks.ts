import { ignoreRejection } from './async/iterators.ts'
import type { Message, ModelFinishReason } from './generation/chat-model.ts'
import type { RetrievedChunk } from './retrieval/retriever.ts'

/** What a stage of a turn has come to: what the events do not say, because it is not for the reader. */
export type StageReport =
  | { readonly stage: 'retrieved'; readonly query: string; readonly chunks: readonly RetrievedChunk[] }
  | {
      readonly stage: 'gated'
      /** The best score, where the retriever gives scores. */
      readonly best: number | undefined
      /** What it had to reach, where something was declared. */
      readonly minScore: number | undefined
      readonly passed: boolean
    }
  | { readonly stage: 'reranked'; readonly chunks: readonly RetrievedChunk[] }
  | { readonly stage: 'prompted'; readonly messages: readonly Message[] }
  | {
      readonly stage: 'generated'
      readonly finishReason: ModelFinishReason
      /** The server's own finish reason, if it is not a known one. */
      readonly rawFinishReason?: string
    }

/** Calls an observer. What it throws or rejects with is its own affair: the stream goes on. */
export function callHook<T>(hook: ((value: T) => unknown) | undefined, value: T): void {
  if (!hook) return
  try {
    const outcome = hook(value)
    if (outcome instanceof Promise) ignoreRejection(outcome)
  } catch {
    // An observer that fails must not take the answer down with it, and a library does not print.
  }
}
