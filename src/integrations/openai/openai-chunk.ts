import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatModelEvent, ModelFinishReason } from '../../core/vocabulary/chat-model.ts'
import { createChunkTemplate, type ChunkStrings } from './chunk-template.ts'
import { readContent, says } from './chunk-content.ts'
import { failureIn } from './chunk-failure.ts'
import { isKeepAlive } from './is-keep-alive.ts'
import { usageIn } from '../upstream/chunk-usage.ts'
import { readFinishReason } from '../upstream/finish-reason.ts'
import { fromStreamError, START_OF_BODY } from '../upstream/openai-error.ts'
import { createAnswerText } from './answer-text.ts'
import type { ThinkingMemory } from './thinking-memory.ts'

/** The used part of a chunk. Every field may be missing, because servers differ. */
interface OpenAIChunk {
  readonly object?: unknown
  readonly model?: unknown
  readonly obfuscation?: unknown
  readonly choices?: readonly (OpenAIChoice | null)[] | null
  readonly usage?: unknown
}

interface OpenAIChoice {
  readonly delta?: OpenAIDelta | null
  /** The whole answer of a server that does not stream. */
  readonly message?: OpenAIDelta | null
  /** The text in the older completions format. */
  readonly text?: unknown
  readonly finish_reason?: unknown
}

interface OpenAIDelta {
  readonly content?: unknown
  readonly refusal?: unknown
}

type Finish = Extract<ChatModelEvent, { readonly type: 'finish' }>

/** A chunk: the text of an event, or a parsed value. */
export interface ChunkMessage {
  /** Name of the event. */
  readonly event?: string | undefined
  /** Text of the event, or the parsed chunk. */
  readonly data: unknown
}

/** Converts the chunks of one completion to events. */
export interface ChunkReader {
  /** Returns the event of a chunk, if it has one. */
  read(message: ChunkMessage): ChatModelEvent | undefined
  /** True if the model has sent a finish reason. */
  readonly finished: boolean
  /** True if the model has sent any content. */
  readonly spoken: boolean
  /** Returns the last events: held text, then `finish` with reason and usage. */
  finish(): readonly ChatModelEvent[]
}

/** Creates the reader of one completion; without `thinking`, thoughts in the text are kept. */
export function createChunkReader(thinking?: ThinkingMemory): ChunkReader {
  let reason: ModelFinishReason | undefined
  let rawReason: string | undefined
  let usage: Finish['usage']
  let spoken = false
  const answer = createAnswerText(thinking)
  const template = createChunkTemplate((data) => stringsOf(parseChunk(data)))

  function read({ event, data }: ChunkMessage): ChatModelEvent | undefined {
    const repeated = event === undefined && typeof data === 'string' ? template.match(data) : undefined
    if (repeated !== undefined) return answer.read(repeated)
    if (data === null || (typeof data === 'string' && isNoChunk(event, data))) return undefined
    const chunk = toChunk(event, data)
    const failure = failureIn(chunk) ?? (event !== undefined && FAILED.test(event) ? chunk : undefined)
    if (failure !== undefined) throw fromStreamError(failure)
    const choice = chunk.choices?.[0]
    if (choice?.finish_reason) noteReason(choice.finish_reason)
    const strings = stringsOf(chunk)
    // Servers report usage in many places; together with text only in OpenAI's place, or at the end.
    if (chunk.usage || choice?.finish_reason || !strings) usage = usageIn(chunk) ?? usage
    if (!strings) return choice && isActive(choice) ? sawReasoning() : undefined
    spoken = true
    // A chunk with more than text is parsed each time.
    const plain = event === undefined && typeof data === 'string' && !chunk.usage && !choice?.finish_reason
    if (plain) template.learn(data, strings)
    return answer.read(strings.text, chunk.model)
  }

  /** Returns true if an event is about the stream and not part of the answer. */
  function isNoChunk(event: string | undefined, data: string): boolean {
    // A cheap test of the first character, because this runs for many tokens.
    const isJson = data.charCodeAt(0) === OPENING_BRACE || /^\s*[{[]/u.test(data)
    if (event !== undefined && FAILED.test(event)) return false
    if (event !== undefined && isKeepAlive(event)) return !isJson || !data.includes('"choices"')
    if (isJson && !isKeepAlive(data)) return false
    // The data of a named event is not a chunk, and data after the end marker is not needed.
    return (
      isKeepAlive(data) ||
      data.trim() === 'null' ||
      reason !== undefined ||
      (event !== undefined && event !== 'message')
    )
  }

  function noteReason(word: unknown): void {
    const finish = readFinishReason(word)
    if (finish.type === 'none') return
    reason = finish.type === 'end' ? finish.reason : 'other'
    rawReason = finish.type === 'unknown' ? String(word) : undefined
  }

  function sawReasoning(): ChatModelEvent {
    spoken = true
    answer.sawReasoning()
    return REASONING
  }

  return {
    read,
    get finished() {
      return reason !== undefined
    },
    get spoken() {
      return spoken
    },
    finish() {
      const rest = answer.end(reason ?? 'stop')
      const finish: Finish = {
        type: 'finish',
        ...(reason && { finishReason: reason }),
        ...(rawReason !== undefined && { rawFinishReason: rawReason }),
        ...(usage && { usage }),
      }
      return rest === '' ? [finish] : [{ type: 'text', delta: rest }, finish]
    },
  }
}

const REASONING: ChatModelEvent = { type: 'reasoning' }

// Names of events.
const FAILED = /error|exception|fail|abort|cancel|timeout|timed.?out/iu
const OPENING_BRACE = 123

function toChunk(event: string | undefined, data: unknown): OpenAIChunk {
  if (typeof data === 'string') {
    // Some servers report an error as plain text.
    if (event !== undefined && FAILED.test(event) && !/^\s*[{[]/u.test(data)) throw fromStreamError(data)
    return parseChunk(data)
  }
  return expectChunk(data)
}

function parseChunk(data: string): OpenAIChunk {
  let chunk: unknown
  try {
    chunk = JSON.parse(data)
  } catch {
    const cause = data.slice(0, START_OF_BODY)
    throw new ChatError('The model sent a chunk that is not JSON', { code: 'upstream-bad-response', cause })
  }
  return expectChunk(chunk)
}

function expectChunk(value: unknown): OpenAIChunk {
  // Gemini puts an error into a list.
  const chunk: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (typeof chunk === 'object' && chunk !== null) return chunk
  throw new ChatError('The model sent a chunk that is not an object', { code: 'upstream-bad-response', cause: chunk })
}

function stringsOf({ choices, obfuscation }: OpenAIChunk): ChunkStrings | undefined {
  const choice = choices?.[0]
  const delta = choice?.delta ?? choice?.message
  const text = textOf(delta?.content) || textOf(delta?.refusal) || textOf(choice?.text)
  if (text === '') return undefined
  return { text, padding: typeof obfuscation === 'string' ? obfuscation : undefined }
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : readContent(content).text
}

// Text was looked for before.
function isActive(choice: OpenAIChoice): boolean {
  return says(choice.delta ?? choice.message)
}
