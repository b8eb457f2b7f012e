import type { ChatEvent, ErrorEvent, StartEvent, TerminalEvent } from '../../core/vocabulary/events.ts'
import type { DialectEncoder } from '../encoding.ts'
import { createMessageEncoder } from './encode-message.ts'
import { createSearchEncoder } from './encode-search.ts'
import { needsMessage, toEnding, toErrorCode, toFinishedResponse } from './finished-response.ts'
import { createFrames, createItemCounter, type Frames } from './frames.ts'
import { toAnnotation } from './output-items.ts'
import { toResponseObject, type ResponseContext } from './response-object.ts'

/** Options of {@link createEncoder}. */
export interface EncoderOptions extends ResponseContext {
  /** The `sequence_number` up to which the client has the frames; they are left out. -1 for none. */
  readonly startingAfter: number
}

/** Creates the encoder of one stream. The same events give the same frames with the same numbers. */
export function createEncoder({ startingAfter, ...context }: EncoderOptions): DialectEncoder {
  const frames = createFrames(startingAfter)
  let encode: DialectEncoder | undefined
  return (event) => {
    if (encode) return encode(event)
    if (event.type === 'start') {
      encode = createRunEncoder(event, frames, context)
      return toOpening(event, frames, context)
    }
    // A sink reports a source that failed before it began: then there is no response to end.
    return event.type === 'error' ? toErrorFrame(event, frames) + END : ''
  }
}

// Open Responses requires it. The clients of OpenAI accept it, because chat completions end with it.
const END = 'data: [DONE]\n\n'

function toOpening(start: StartEvent, frames: Frames, context: ResponseContext): string {
  const response = toResponseObject(start, context, { status: 'in_progress', output: [] })
  return frames.add('response.created', { response }) + frames.add('response.in_progress', { response })
}

function toErrorFrame({ code, message }: ErrorEvent, frames: Frames): string {
  // Flat for the clients of OpenAI, nested for those of Open Responses.
  const error = { type: toErrorCode(code), code, message, param: null }
  return frames.add('error', { code, message, param: null, error })
}

function createRunEncoder(start: StartEvent, frames: Frames, context: ResponseContext): DialectEncoder {
  const shared = { frames, items: createItemCounter(), context }
  const search = createSearchEncoder(start.runId, shared)
  const message = createMessageEncoder(start.runId, shared)

  function toEnd(event: TerminalEvent): string {
    const ending = toEnding(event)
    const searched = search.end(ending)
    const hasMessage = message.index !== undefined || needsMessage(ending)
    const text = hasMessage ? message.end(ending) : ''
    const failure = event.type === 'error' ? toErrorFrame(event, frames) : ''
    const order = { search: search.index, message: message.index }
    const response = toFinishedResponse(start, ending, { ...context, order })
    return searched + text + failure + frames.add(FINAL_TYPES[ending.status], { response }) + END
  }

  return (event: ChatEvent) => {
    switch (event.type) {
      case 'token':
        return search.finish() + message.addText(event.delta)
      case 'query':
        return search.begin(event.query)
      case 'source':
        return search.addSource(event.source)
      case 'status':
        return event.phase === 'generating' ? search.finish() : ''
      case 'citation': {
        const annotation = toAnnotation(event.citation, search.sources.get(event.citation.number), context)
        return annotation ? search.finish() + message.addAnnotation(annotation) : ''
      }
      case 'done':
      case 'error':
        return toEnd(event)
      case 'start':
      case 'support':
      case 'warning':
        return ''
      default:
        return event satisfies never
    }
  }
}

// The API has no event for a cancelled response.
const FINAL_TYPES = {
  completed: 'response.completed',
  incomplete: 'response.incomplete',
  cancelled: 'response.incomplete',
  failed: 'response.failed',
} as const
