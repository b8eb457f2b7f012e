import type { ChatModelEvent, ModelFinishReason } from '../../../core/vocabulary/chat-model.ts'
import { usageIn } from '../../upstream/chunk-usage.ts'
import { readFinishReason } from '../../upstream/finish-reason.ts'
import { fromStreamError } from '../../upstream/openai-error.ts'
import { createAnswerText } from '../text/answer-text.ts'
import { readContent, says } from '../text/content.ts'
import type { ThinkingMemory } from '../text/thinking-memory.ts'
import type { AnswerMessage } from '../transport/answer-message.ts'
import type { AnswerReader } from '../transport/answer-reader.ts'
import { namesFailure, parseMessage, parseObject } from '../transport/parse-message.ts'
import { failureIn } from './chunk-failure.ts'
import { createChunkTemplate, type ChunkStrings } from './chunk-template.ts'

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

/** Creates the reader of one completion; without `thinking`, thoughts in the text are kept. */
export function createChunkReader(thinking?: ThinkingMemory): AnswerReader {
  let reason: ModelFinishReason | undefined
  let rawReason: string | undefined
  let usage: Finish['usage']
  const answer = createAnswerText(thinking)
  const template = createChunkTemplate((data) => stringsOf(parseObject(data)))

  function read(message: AnswerMessage): ChatModelEvent | undefined {
    const { event, data } = message
    const repeated = event === undefined && typeof data === 'string' ? template.match(data) : undefined
    if (repeated !== undefined) return answer.read(repeated)
    const chunk: OpenAIChunk | undefined = parseMessage(message, { sign: '"choices"', finished: reason !== undefined })
    if (!chunk) return undefined
    const failure = failureIn(chunk) ?? (namesFailure(event) ? chunk : undefined)
    if (failure !== undefined) throw fromStreamError(failure)
    const choice = chunk.choices?.[0]
    if (choice?.finish_reason) noteReason(choice.finish_reason)
    const strings = stringsOf(chunk)
    // Servers report usage in many places; together with text only in OpenAI's place, or at the end.
    if (chunk.usage || choice?.finish_reason || !strings) usage = usageIn(chunk) ?? usage
    if (!strings) return choice && isActive(choice) ? sawReasoning() : undefined
    reader.spoken = true
    // A chunk with more than text is parsed each time.
    const plain = event === undefined && typeof data === 'string' && !chunk.usage && !choice?.finish_reason
    if (plain) template.learn(data, strings)
    return answer.read(strings.text, chunk.model)
  }

  function noteReason(word: unknown): void {
    const finish = readFinishReason(word)
    if (finish.type === 'none') return
    reader.finished = true
    reason = finish.type === 'end' ? finish.reason : 'other'
    rawReason = finish.type === 'unknown' ? String(word) : undefined
  }

  function sawReasoning(): ChatModelEvent {
    reader.spoken = true
    answer.sawReasoning()
    return REASONING
  }

  const reader = {
    read,
    finished: false,
    spoken: false,
    // The usage follows the finish reason.
    isOver: false,
    // Some servers send no finish reason.
    trustsEndMarker: true,
    finish(): readonly ChatModelEvent[] {
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
  return reader
}

const REASONING: ChatModelEvent = { type: 'reasoning' }

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
