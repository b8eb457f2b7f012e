import type { ChatModelEvent } from '../../core/vocabulary/chat-model.ts'
import { isRecord } from '../../core/options/plain-object.ts'
import { usageIn } from '../upstream/chunk-usage.ts'
import { readFinishReason } from '../upstream/finish-reason.ts'
import { fromStreamError } from '../upstream/openai-error.ts'

type Finish = Extract<ChatModelEvent, { readonly type: 'finish' }>

/** Collects the finish reason and the usage from the chunks of a provider. */
export interface RawChunks {
  /** Reads the `raw` of a chunk; it is absent where LlamaIndex drops it. */
  read(raw: unknown): void
  /** True if the provider has sent a finish reason. */
  readonly isFinished: boolean
  /** Makes the last event. The reason is absent if the provider sent none. */
  finish(): Finish
}

/** Creates the collector of one answer. */
export function createRawChunks(): RawChunks {
  let reason: Finish['finishReason']
  let rawReason: string | undefined
  let usage: Finish['usage']

  function noteReason(word: unknown): void {
    const finish = readFinishReason(word)
    if (finish.type === 'none') return
    if (finish.type === 'failure') throw fromStreamError({ message: `finish reason ${String(word)}`, code: word })
    reason = finish.type === 'end' ? finish.reason : 'other'
    rawReason = finish.type === 'unknown' ? String(word) : undefined
  }

  return {
    read(raw) {
      if (!isRecord(raw)) return
      usage = usageOf(raw, usage)
      noteReason(reasonOf(raw))
    },
    get isFinished() {
      return reason !== undefined
    },
    finish: () => ({
      type: 'finish',
      ...(reason && { finishReason: reason }),
      ...(rawReason !== undefined && { rawFinishReason: rawReason }),
      ...(usage && { usage }),
    }),
  }
}

// OpenAI and compatible servers, Gemini, Anthropic, Ollama; the client of Mistral puts the chunk into `data`.
function reasonOf(raw: Readonly<Record<string, unknown>>): unknown {
  const data = isRecord(raw['data']) ? raw['data'] : {}
  const holders = [first(raw['choices']), first(data['choices']), first(raw['candidates']), raw['delta'], raw]
  for (const holder of holders.filter(isRecord)) {
    for (const name of ['finish_reason', 'finishReason', 'stop_reason', 'done_reason']) {
      const word = holder[name]
      if (word !== undefined && word !== null) return word
    }
  }
  return undefined
}

function usageOf(raw: Readonly<Record<string, unknown>>, before: Finish['usage']): Finish['usage'] {
  const whole = usageIn(raw) ?? (isRecord(raw['data']) ? usageIn(raw['data']) : undefined)
  if (whole) return whole
  // Anthropic counts the prompt in its first chunk, and the answer in its last one.
  const output = isRecord(raw['usage']) ? raw['usage']['output_tokens'] : undefined
  if (!before || typeof output !== 'number' || !(output >= before.outputTokens)) return before
  return { ...before, outputTokens: output, totalTokens: before.inputTokens + output }
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}
