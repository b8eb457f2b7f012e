import type { ChatModelEvent, ModelFinishReason } from '../../../core/vocabulary/chat-model.ts'
import { usageIn } from '../../upstream/chunk-usage.ts'
import { readFinishReason } from '../../upstream/finish-reason.ts'
import { fromStreamError } from '../../upstream/openai-error.ts'
import { createAnswerText, type AnswerText } from '../text/answer-text.ts'
import { readContent, says } from '../text/content.ts'
import type { ThinkingMemory } from '../text/thinking-memory.ts'
import type { AnswerMessage } from '../transport/answer-message.ts'
import type { AnswerReader } from '../transport/answer-reader.ts'
import { namesFailure, parseMessage, parseObject } from '../transport/parse-message.ts'
import { failureIn } from './chunk-failure.ts'
import { createChunkTemplate, type ChunkStrings, type ChunkTemplate } from './chunk-template.ts'

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

/** A reader with its state. Its functions are shared, because every open stream has one. */
interface OpenReader extends AnswerReader {
  readonly answer: AnswerText
  readonly template: ChunkTemplate
  finished: boolean
  spoken: boolean
  reason: ModelFinishReason | undefined
  rawReason: string | undefined
  usage: Finish['usage']
}

/** Creates the reader of one completion; without `thinking`, thoughts in the text are kept. */
export function createChunkReader(thinking?: ThinkingMemory): AnswerReader {
  const reader: OpenReader = {
    answer: createAnswerText(thinking),
    template: createChunkTemplate(stringsOfData),
    finished: false,
    spoken: false,
    // The usage follows the finish reason.
    isOver: false,
    // Some servers send no finish reason.
    trustsEndMarker: true,
    reason: undefined,
    rawReason: undefined,
    usage: undefined,
    read,
    finish,
  }
  return reader
}

function read(this: OpenReader, message: AnswerMessage): ChatModelEvent | undefined {
  const { event, data } = message
  const { answer, template } = this
  const repeated = event === undefined && typeof data === 'string' ? template.match(data) : undefined
  if (repeated !== undefined) return answer.read(repeated)
  const isFinished = this.reason !== undefined
  const chunk: OpenAIChunk | undefined = parseMessage(message, { sign: '"choices"', finished: isFinished })
  if (!chunk) return undefined
  const failure = failureIn(chunk) ?? (namesFailure(event) ? chunk : undefined)
  if (failure !== undefined) throw fromStreamError(failure)
  const choice = chunk.choices?.[0]
  if (choice?.finish_reason) noteReason(this, choice.finish_reason)
  const strings = stringsOf(chunk)
  // Servers report usage in many places; together with text only in OpenAI's place, or at the end.
  if (chunk.usage || choice?.finish_reason || !strings) this.usage = usageIn(chunk) ?? this.usage
  if (!strings) return choice && isActive(choice) ? noteReasoning(this) : undefined
  this.spoken = true
  // A chunk with more than text is parsed each time.
  const plain = event === undefined && typeof data === 'string' && !chunk.usage && !choice?.finish_reason
  if (plain) template.learn(data, strings)
  return answer.read(strings.text, chunk.model)
}

function finish(this: OpenReader): readonly ChatModelEvent[] {
  const { reason, rawReason, usage } = this
  const rest = this.answer.end(reason ?? 'stop')
  const event: Finish = {
    type: 'finish',
    ...(reason && { finishReason: reason }),
    ...(rawReason !== undefined && { rawFinishReason: rawReason }),
    ...(usage && { usage }),
  }
  return rest === '' ? [event] : [{ type: 'text', delta: rest }, event]
}

function noteReason(reader: OpenReader, word: unknown): void {
  const read = readFinishReason(word)
  if (read.type === 'none') return
  reader.finished = true
  reader.reason = read.type === 'end' ? read.reason : 'other'
  reader.rawReason = read.type === 'unknown' ? String(word) : undefined
}

function noteReasoning(reader: OpenReader): ChatModelEvent {
  reader.spoken = true
  reader.answer.sawReasoning()
  return REASONING
}

const REASONING: ChatModelEvent = { type: 'reasoning' }

function stringsOfData(data: string): ChunkStrings | undefined {
  return stringsOf(parseObject(data))
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
