import { ChatError } from '../../core/errors.ts'
import type { ChatModelEvent, ModelFinishReason } from '../../core/generation/chat-model.ts'
import type { SseMessage } from '../../encoders/sse-parser.ts'
import { createChunkTemplate, type ChunkStrings } from './chunk-template.ts'
import { fromStreamError } from './openai-error.ts'

/** What of a chunk is read; everything may be missing, because many servers speak this format in their own way. */
interface OpenAIChunk {
  readonly object?: unknown
  readonly error?: unknown
  readonly obfuscation?: unknown
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: unknown
      readonly refusal?: unknown
      readonly reasoning?: unknown
      readonly reasoning_content?: unknown
    } | null
    readonly finish_reason?: string | null
  }[]
  readonly usage?: {
    readonly prompt_tokens?: number
    readonly completion_tokens?: number
    readonly total_tokens?: number
  } | null
}

type Finish = Extract<ChatModelEvent, { readonly type: 'finish' }>
type FinishUsage = NonNullable<Finish['usage']>

/** Collects the chunks of one completion. */
export interface ChunkReader {
  /** What a chunk says, if it says anything now. */
  read(message: SseMessage): ChatModelEvent | undefined
  /** Whether the model has said why it stopped. */
  readonly finished: boolean
  /** The end, with what was collected for it: reason and usage come in chunks of their own. */
  finish(): Finish
}

/** Starts the reading of one completion. */
export function createChunkReader(): ChunkReader {
  let finishReason: ModelFinishReason | undefined
  let usage: FinishUsage | undefined
  const template = createChunkTemplate((data) => stringsOf(parseChunk(data)))

  return {
    read({ event, data }) {
      const repeated = event === undefined ? template.match(data) : undefined
      if (repeated !== undefined) return { type: 'text', delta: repeated }
      const chunk = parseChunk(data)
      // Some servers report an error as a chunk of that name, and go on to [DONE].
      const failed = event === 'error' || chunk.object === 'error'
      if (chunk.error || failed) throw fromStreamError(chunk.error ?? chunk)
      if (chunk.usage) usage = toUsage(chunk.usage) ?? usage
      const choice = chunk.choices?.[0]
      if (choice?.finish_reason) finishReason = FINISH_REASONS.get(choice.finish_reason) ?? 'other'
      const delta = choice?.delta
      const strings = stringsOf(chunk)
      if (!strings) return delta?.reasoning_content || delta?.reasoning ? REASONING : undefined
      // A chunk that says more than its text is read each time.
      if (!chunk.usage && !choice?.finish_reason) template.learn(data, strings)
      return { type: 'text', delta: strings.text }
    },
    get finished() {
      return finishReason !== undefined
    },
    finish: () => ({ type: 'finish', ...(finishReason && { finishReason }), ...(usage && { usage }) }),
  }
}

const REASONING: ChatModelEvent = { type: 'reasoning' }

const FINISH_REASONS: ReadonlyMap<string, ModelFinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['content_filter', 'content-filter'],
])

function parseChunk(data: string): OpenAIChunk {
  try {
    const chunk: unknown = JSON.parse(data)
    if (typeof chunk === 'object' && chunk !== null) return chunk
  } catch (cause) {
    throw new ChatError('The model sent a chunk that is not JSON', { code: 'upstream-bad-response', cause })
  }
  throw new ChatError('The model sent a chunk that is no object', { code: 'upstream-bad-response' })
}

function stringsOf({ choices, obfuscation }: OpenAIChunk): ChunkStrings | undefined {
  const delta = choices?.[0]?.delta
  const text = delta?.content || delta?.refusal
  if (!text) return undefined
  return { text: expectText(text), padding: typeof obfuscation === 'string' ? obfuscation : undefined }
}

function expectText(text: unknown): string {
  if (typeof text === 'string') return text
  throw new ChatError('The model sent content that is no text', { code: 'upstream-bad-response' })
}

function toUsage(usage: NonNullable<OpenAIChunk['usage']>): FinishUsage | undefined {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  return { inputTokens, outputTokens, totalTokens: usage.total_tokens ?? inputTokens + outputTokens }
}
