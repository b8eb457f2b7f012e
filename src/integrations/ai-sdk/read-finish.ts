import { isRecord } from '../../core/options/plain-object.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatModelEvent } from '../../core/vocabulary/chat-model.ts'
import { readFinishReason } from '../upstream/finish-reason.ts'
import { cutAnswer } from './ai-sdk-error.ts'

type Finish = Extract<ChatModelEvent, { type: 'finish' }>

// `v2` has the first for an answer without a reason, `v4` the second for one whose connection was cut.
const CUT: ReadonlySet<unknown> = new Set(['unknown', 'interrupted'])

/**
 * Converts a finish part: `v2` has the reason as a word and flat counts, later versions have both nested.
 *
 * @throws ChatError if the reason is a failure, or if there is none
 */
export function readFinish(part: Readonly<Record<string, unknown>>): Finish {
  const { finishReason } = part
  const { unified, raw } = isRecord(finishReason) ? finishReason : { unified: finishReason, raw: finishReason }
  if (CUT.has(unified)) throw cutAnswer(part)
  // The word of the vendor is needed only where the provider knows none for it.
  const word = readFinishReason(unified === 'other' ? raw : unified)
  const usage = readUsage(part['usage'])
  switch (word.type) {
    case 'end':
      return { type: 'finish', finishReason: word.reason, usage }
    case 'unknown':
      return { type: 'finish', finishReason: 'other', rawFinishReason: String(raw), usage }
    case 'none':
      throw cutAnswer(part)
    case 'failure':
      throw new ChatError('The model stopped because of an error', { code: 'upstream-unavailable', cause: part })
  }
}

function readUsage(usage: unknown): Finish['usage'] {
  if (!isRecord(usage)) return undefined
  const inputTokens = readCount(usage['inputTokens'])
  const outputTokens = readCount(usage['outputTokens'])
  // Zeros mean that the vendor reported nothing.
  if (inputTokens === undefined || outputTokens === undefined || inputTokens + outputTokens === 0) return undefined
  return { inputTokens, outputTokens, totalTokens: readCount(usage['totalTokens']) ?? inputTokens + outputTokens }
}

function readCount(tokens: unknown): number | undefined {
  const count = isRecord(tokens) ? tokens['total'] : tokens
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}
