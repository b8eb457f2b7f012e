import type { ChatResult, FinishReason } from '../../core/vocabulary/result.ts'
import type { TokenUsage } from '../../core/vocabulary/usage.ts'
import type { ResolvedOpenAIChatOptions } from './options.ts'
import { toAnnotations, toMarkdownList, toSearchResults } from './sources.ts'

/** The fields that all chunks of an answer have in common. */
export interface CompletionHead {
  /** The id of the answer, with the prefix of OpenAI. */
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  /** The name of the model, as the client sent it. */
  readonly model: string
}

/** Returns the id of the answer of a run. */
export function toCompletionId(runId: string): string {
  return `chatcmpl-${runId}`
}

/** Returns the body of an answer that is not streamed. */
export function toCompletion(
  { finishReason, answer, citations, sources, usage }: ChatResult,
  head: CompletionHead,
  carriers: ResolvedOpenAIChatOptions['sources'],
): object {
  const annotations = carriers.annotations ? toAnnotations(citations, sources) : []
  const list = carriers.list ? toMarkdownList(citations, sources) : ''
  const message = {
    role: 'assistant',
    content: answer.toWellFormed() + list,
    refusal: null,
    ...(annotations.length > 0 && { annotations }),
  }
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: toFinishReason(finishReason) }],
    usage: toUsage(usage),
    ...(carriers.citations && toSearchResults(sources)),
  }
}

/**
 * Returns the finish reason. The protocol has none for an answer that was stopped on request, so it ends like a complete
 * one.
 */
export function toFinishReason(reason: FinishReason): 'stop' | 'length' | 'content_filter' {
  if (reason === 'length') return 'length'
  return reason === 'content-filter' ? 'content_filter' : 'stop'
}

/** Returns the usage of an answer. */
export function toUsage({ inputTokens, outputTokens, totalTokens }: TokenUsage): object {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: totalTokens }
}
