import type { FaultHit } from './behaviour.ts'
import { dataEvent } from './data-event.ts'
import { modelOf } from './request-body.ts'
import type { ThoughtForm, Wire, WireEnd, WireUsage } from './wire.ts'

/** The events of a response, with the same fields and in the same order as OpenAI sends them. */
export const responsesWire: Wire = {
  start(hit) {
    const response = responseOf(hit, { status: 'in_progress' })
    return event(hit, 'response.created', { response }) + event(hit, 'response.in_progress', { response })
  },
  text: textDelta,
  textParts: textDelta,
  thought(hit, delta, form) {
    const item = { item_id: `rs-${hit.index}`, output_index: 0 }
    return event(hit, THOUGHTS[form].type, { ...item, ...THOUGHTS[form].index, delta })
  },
  finish(hit, end) {
    const { text } = stateOf(hit)
    const closing = text === undefined ? '' : closeMessage(hit, text)
    return closing + lastEvent(hit, text, end)
  },
  // It is a part of the last event.
  usage: () => '',
  finishWithUsageElsewhere(hit, usage) {
    const response = responseOf(hit, { status: 'completed', text: stateOf(hit).text })
    return event(hit, 'response.completed', { response, usage: countsOf(usage) })
  },
  error(hit, { message, code }, form) {
    const error = { message, type: code, param: null, code }
    if (form === 'nested') return event(hit, 'error', { error })
    if (form === 'flat') return event(hit, 'error', { code, message, param: null })
    return event(hit, 'response.failed', { response: responseOf(hit, { status: 'failed', error: { code, message } }) })
  },
  whole: (hit, content, end) => responseOf(hit, { ...outcomeOf(end), text: content, usage: end.usage }),
}

const THOUGHTS: Readonly<Record<ThoughtForm, { readonly type: string; readonly index: object }>> = {
  field: { type: 'response.reasoning_text.delta', index: { content_index: 0 } },
  parts: { type: 'response.reasoning_text.delta', index: { content_index: 0 } },
  details: { type: 'response.reasoning_summary_text.delta', index: { summary_index: 0 } },
}

function textDelta(hit: FaultHit, delta: string): string {
  const state = stateOf(hit)
  const opening = state.text === undefined ? openMessage(hit) : ''
  state.text = (state.text ?? '') + delta
  return opening + event(hit, 'response.output_text.delta', { ...partOf(hit), delta, logprobs: [] })
}

interface AnswerState {
  sequence: number
  /** The text so far; undefined before its item. */
  text: string | undefined
}

const states = new WeakMap<FaultHit, AnswerState>()

function stateOf(hit: FaultHit): AnswerState {
  const state = states.get(hit) ?? { sequence: 0, text: undefined }
  states.set(hit, state)
  return state
}

function event(hit: FaultHit, type: string, fields: object): string {
  const state = stateOf(hit)
  const data = dataEvent({ type, sequence_number: state.sequence, ...fields })
  state.sequence += 1
  return `event: ${type}\n${data}`
}

function openMessage(hit: FaultHit): string {
  const item = { ...messageOf(hit, undefined), status: 'in_progress' }
  return (
    event(hit, 'response.output_item.added', { output_index: 0, item }) +
    event(hit, 'response.content_part.added', { ...partOf(hit), part: textPart('') })
  )
}

function closeMessage(hit: FaultHit, text: string): string {
  return (
    event(hit, 'response.output_text.done', { ...partOf(hit), text, logprobs: [] }) +
    event(hit, 'response.content_part.done', { ...partOf(hit), part: textPart(text) }) +
    event(hit, 'response.output_item.done', { output_index: 0, item: messageOf(hit, text) })
  )
}

function lastEvent(hit: FaultHit, text: string | undefined, end: WireEnd): string {
  const outcome = outcomeOf(end)
  return event(hit, `response.${outcome.status}`, { response: responseOf(hit, { ...outcome, text, usage: end.usage }) })
}

interface Outcome {
  readonly status: string
  readonly error?: object | undefined
  readonly reason?: string | undefined
}

/** Returns the status of a response that ends for this reason. A reason of neither API makes it incomplete. */
function outcomeOf({ finishReason }: WireEnd): Outcome {
  switch (finishReason) {
    case 'stop':
    case 'tool_calls':
      return { status: 'completed' }
    case 'length':
      return { status: 'incomplete', reason: 'max_output_tokens' }
    case 'error':
      return { status: 'failed', error: { code: 'server_error', message: 'The model reported an error' } }
    default:
      return { status: 'incomplete', reason: finishReason }
  }
}

function responseOf(
  hit: FaultHit,
  {
    status,
    error,
    reason,
    text,
    usage,
  }: Outcome & { readonly text?: string | undefined; readonly usage?: WireUsage | undefined },
): Record<string, unknown> {
  return {
    id: `resp-${hit.index}`,
    object: 'response',
    created_at: 0,
    status,
    error: error ?? null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: null,
    model: modelOf(hit),
    output: text === undefined ? [] : [messageOf(hit, text)],
    store: false,
    usage: usage ? countsOf(usage) : null,
  }
}

function messageOf(hit: FaultHit, text: string | undefined) {
  const content = text === undefined ? [] : [textPart(text)]
  return { id: `msg-${hit.index}`, type: 'message', status: 'completed', role: 'assistant', content }
}

function textPart(text: string) {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

function partOf(hit: FaultHit) {
  return { item_id: `msg-${hit.index}`, output_index: 0, content_index: 0 }
}

function countsOf({ prompt_tokens: input, completion_tokens: output, total_tokens: total }: WireUsage) {
  return { input_tokens: input, output_tokens: output, total_tokens: total }
}
