import type { RetrievedChunk } from './retriever.ts'
import type { Message, ModelFinishReason } from './chat-model.ts'

/** The outcome of a stage of a turn, for the operator. No event has it. */
export type StageReport =
  | { readonly stage: 'retrieved'; readonly query: string; readonly chunks: readonly RetrievedChunk[] }
  | {
      readonly stage: 'gated'
      /** The best score, if the chunks have scores. */
      readonly best: number | undefined
      /** The minimum for it, if there is one. */
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
