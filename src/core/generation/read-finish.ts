import type { TokenUsage } from '../vocabulary/usage.ts'
import type { ModelFinishReason } from '../vocabulary/chat-model.ts'
import type { EngineEvent } from '../vocabulary/engine.ts'
import { MODEL_FINISH_REASONS } from '../vocabulary/result.ts'

/** Tokens as a model reports them. */
export type FinishUsage = Omit<TokenUsage, 'estimated'>

/** The end of a generation. */
export interface Generation {
  /** The reason for the end. */
  readonly finishReason: ModelFinishReason
  /** The server's own finish reason, if it is not a known one. */
  readonly rawFinishReason?: string
}

/** The event with which a model or an engine ends its answer. */
export type FinishEvent = Extract<EngineEvent, { type: 'finish' }>

const REASONS: ReadonlySet<unknown> = new Set(MODEL_FINISH_REASONS)

/**
 * Returns the reason of a `finish` event; `other` for an unknown one. A custom model may report any value, and a stored
 * result with an unknown reason could not be read back.
 */
export function readReason({ finishReason = 'stop', rawFinishReason }: FinishEvent): Generation {
  if (!REASONS.has(finishReason)) return { finishReason: 'other', rawFinishReason: String(finishReason) }
  return { finishReason, ...(typeof rawFinishReason === 'string' && { rawFinishReason }) }
}

/** Returns the usage of a `finish` event; undefined if a count is missing or not a number. */
export function readUsage(usage: Partial<FinishUsage> | undefined): FinishUsage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const { inputTokens, outputTokens } = usage
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined
  const { totalTokens = inputTokens + outputTokens } = usage
  return isCount(totalTokens) ? { inputTokens, outputTokens, totalTokens } : undefined
}

function isCount(count: unknown): count is number {
  return typeof count === 'number' && Number.isFinite(count) && count >= 0
}
