import type { ChatModelEvent } from '../../../core/vocabulary/chat-model.ts'
import { factsOf, type Facts } from '../../upstream/error-facts.ts'
import { fromStreamError } from '../../upstream/openai-error.ts'
import { createAnswerText, type AnswerText } from '../text/answer-text.ts'
import { readContent } from '../text/content.ts'
import type { ThinkingMemory } from '../text/thinking-memory.ts'
import type { AnswerMessage } from '../transport/answer-message.ts'
import type { AnswerReader } from '../transport/answer-reader.ts'
import { isKeepAlive } from '../transport/is-keep-alive.ts'
import { namesFailure, parseMessage } from '../transport/parse-message.ts'
import { failureAtTop, failureDescribed } from '../transport/reported-failure.ts'
import { readResponse, type ResponseEnd } from './response-end.ts'

/** A reader with its state. Its functions are shared, because every open stream has one. */
interface OpenReader extends AnswerReader {
  readonly answer: AnswerText
  finished: boolean
  spoken: boolean
  isOver: boolean
  end: ResponseEnd | undefined
  /** True if the current part of the text has come in deltas. */
  inDeltas: boolean
  hasText: boolean
  /** The index of an item that is a remark of the model on its work. */
  commentary: unknown
}

/**
 * Creates the reader of one response; without `thinking`, thoughts in the text are kept. Only `response.completed` and the
 * other last events end a response: an end marker without one means that a gateway has lost its connection.
 */
export function createEventReader(thinking?: ThinkingMemory): AnswerReader {
  const reader: OpenReader = {
    answer: createAnswerText(thinking),
    finished: false,
    spoken: false,
    isOver: false,
    trustsEndMarker: false,
    end: undefined,
    inDeltas: false,
    hasText: false,
    commentary: undefined,
    read,
    finish,
  }
  return reader
}

function read(this: OpenReader, message: AnswerMessage): ChatModelEvent | undefined {
  const isFinished = this.end !== undefined
  const event = parseMessage(message, { sign: '"response', finished: isFinished }) as Facts | undefined
  if (!event) return undefined
  const type = typeof event['type'] === 'string' ? event['type'] : (message.event ?? '')
  // Before the other tests, because this runs for each token.
  if (type === TOKEN && event['error'] === undefined) return readText(this, event['delta'], event)
  const failure = failureAtTop(event)
  if (failure !== undefined) throw fromStreamError(failure)
  if (LAST.test(type) || event['object'] === 'response') return readEnd(this, event)
  if (type.startsWith('response.')) return readPart(this, type, event)
  const described = failureDescribed(event) ?? (namesFailure(message.event) ? event : undefined)
  if (described !== undefined) throw fromStreamError(described)
  return undefined
}

function finish(this: OpenReader): readonly ChatModelEvent[] {
  const { end } = this
  const rest = this.answer.end(end?.finishReason ?? 'stop')
  const event: ChatModelEvent = {
    type: 'finish',
    ...(end && { finishReason: end.finishReason }),
    ...(end?.rawFinishReason !== undefined && { rawFinishReason: end.rawFinishReason }),
    ...(end?.usage && { usage: end.usage }),
  }
  return rest === '' ? [event] : [{ type: 'text', delta: rest }, event]
}

function readPart(reader: OpenReader, type: string, event: Facts): ChatModelEvent | undefined {
  if (TEXT.test(type)) return readText(reader, event['delta'], event)
  if (WHOLE_TEXT.test(type)) return readWholeText(reader, event)
  if (type === 'response.output_item.added') noteItem(reader, event)
  return proves(type, event) ? sawActivity(reader, type, event) : undefined
}

function readText(reader: OpenReader, delta: unknown, event: Facts): ChatModelEvent | undefined {
  const { text } = readContent(delta)
  if (text === '') return undefined
  reader.spoken = true
  // The model labels it as a remark on its work, not as the answer.
  if (reader.commentary !== undefined && reader.commentary === event['output_index']) return REASONING
  reader.inDeltas = true
  reader.hasText = true
  return reader.answer.read(text)
}

/** Reads the text of a finished part, which repeats its deltas. Some servers send no deltas. */
function readWholeText(reader: OpenReader, event: Facts): ChatModelEvent | undefined {
  const repeats = reader.inDeltas
  reader.inDeltas = false
  return repeats ? undefined : readText(reader, event['text'] ?? event['refusal'], event)
}

function noteItem(reader: OpenReader, { item, output_index: index }: Facts): void {
  reader.commentary = factsOf(item)['phase'] === 'commentary' ? index : undefined
}

function sawActivity(reader: OpenReader, type: string, { item }: Facts): ChatModelEvent {
  reader.spoken = true
  if (type.includes('reasoning') || factsOf(item)['type'] === 'reasoning') reader.answer.sawReasoning()
  return REASONING
}

function readEnd(reader: OpenReader, event: Facts): ChatModelEvent | undefined {
  const end = readResponse(event)
  if (!end) return undefined
  reader.end = end
  reader.finished = true
  reader.isOver = true
  // A server that does not stream sends the text only here.
  if (reader.hasText || end.text === '') return undefined
  reader.spoken = true
  return reader.answer.read(end.text)
}

const REASONING: ChatModelEvent = { type: 'reasoning' }

const TOKEN = 'response.output_text.delta'
const LAST = /^response\.(?:completed|incomplete|failed|cancell?ed|done|error)$/u
const TEXT = /^response\.(?:output_text|text|refusal)\.delta$/u
const WHOLE_TEXT = /^response\.(?:output_text|text|refusal)\.done$/u

// Sent before the model works.
const WAITING = /^response\.(?:created|in_progress|queued)$/u
const FORM = /^response\.(?:output_item|content_part)\.(?:added|done)$/u

/**
 * Returns true if an event proves that the model works. Reasoning, tool calls and events that are not known do; the state
 * of the response and the frame around the text of a message do not.
 */
function proves(type: string, { item, part }: Facts): boolean {
  if (WAITING.test(type) || isKeepAlive(type.slice('response.'.length))) return false
  if (!FORM.test(type)) return true
  const kind = factsOf(item ?? part)['type']
  return kind !== undefined && kind !== 'message' && kind !== 'output_text'
}
