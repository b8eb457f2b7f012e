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
    const opening = openThought(hit, form)
    const { type, index } = THOUGHTS[form].delta
    stateOf(hit).thought?.texts.push(delta)
    return opening + event(hit, type, { item_id: thoughtOf(hit).id, output_index: 0, ...index, delta })
  },
  finish(hit, end) {
    const { text } = stateOf(hit)
    const closing = text === undefined ? closeThought(hit) : closeMessage(hit, text)
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

const IN_CONTENT = {
  part: { type: 'response.content_part.added', part: { type: 'reasoning_text', text: '' } },
  delta: { type: 'response.reasoning_text.delta', index: { content_index: 0 } },
  item: (text: string) => ({ summary: [], content: [{ type: 'reasoning_text', text }] }),
} as const

/** The events of a thought in each form. */
const THOUGHTS = {
  field: IN_CONTENT,
  parts: IN_CONTENT,
  details: {
    part: { type: 'response.reasoning_summary_part.added', part: { type: 'summary_text', text: '' } },
    delta: { type: 'response.reasoning_summary_text.delta', index: { summary_index: 0 } },
    item: (text: string) => ({ summary: [{ type: 'summary_text', text }] }),
  },
} as const

/** Returns the events that begin the reasoning; nothing after the first thought. */
function openThought(hit: FaultHit, form: ThoughtForm): string {
  const state = stateOf(hit)
  if (state.thought) return ''
  state.thought = { form, texts: [], isOpen: true }
  const { part, delta } = THOUGHTS[form]
  const item = { id: thoughtOf(hit).id, type: 'reasoning', summary: [], content: [] }
  return (
    event(hit, 'response.output_item.added', { output_index: 0, item }) +
    event(hit, part.type, { item_id: item.id, output_index: 0, ...delta.index, part: part.part })
  )
}

/** Returns the event that ends the reasoning, if it has begun. */
function closeThought(hit: FaultHit): string {
  const { thought } = stateOf(hit)
  if (!thought?.isOpen) return ''
  thought.isOpen = false
  return event(hit, 'response.output_item.done', { output_index: 0, item: thoughtOf(hit) })
}

function thoughtOf(hit: FaultHit) {
  const { form, texts } = stateOf(hit).thought ?? { form: 'field', texts: [] }
  return { id: `rs-${hit.index}`, type: 'reasoning', ...THOUGHTS[form].item(texts.join('')) }
}

function textDelta(hit: FaultHit, delta: string): string {
  const state = stateOf(hit)
  const opening = state.text === undefined ? closeThought(hit) + openMessage(hit) : ''
  state.text = (state.text ?? '') + delta
  return opening + event(hit, 'response.output_text.delta', { ...partOf(hit), delta, logprobs: [] })
}

interface AnswerState {
  sequence: number
  /** The reasoning, which is the first item of the output; undefined before it. */
  thought: { readonly form: ThoughtForm; readonly texts: string[]; isOpen: boolean } | undefined
  /** The text so far; undefined before its item. */
  text: string | undefined
}

const states = new WeakMap<FaultHit, AnswerState>()

function stateOf(hit: FaultHit): AnswerState {
  const state = states.get(hit) ?? { sequence: 0, thought: undefined, text: undefined }
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
    event(hit, 'response.output_item.added', { output_index: indexOf(hit), item }) +
    event(hit, 'response.content_part.added', { ...partOf(hit), part: textPart('') })
  )
}

function closeMessage(hit: FaultHit, text: string): string {
  return (
    event(hit, 'response.output_text.done', { ...partOf(hit), text, logprobs: [] }) +
    event(hit, 'response.content_part.done', { ...partOf(hit), part: textPart(text) }) +
    event(hit, 'response.output_item.done', { output_index: indexOf(hit), item: messageOf(hit, text) })
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
    output: [...(stateOf(hit).thought ? [thoughtOf(hit)] : []), ...(text === undefined ? [] : [messageOf(hit, text)])],
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
  return { item_id: `msg-${hit.index}`, output_index: indexOf(hit), content_index: 0 }
}

/** Returns the index of the message in the output. */
function indexOf(hit: FaultHit): number {
  return stateOf(hit).thought ? 1 : 0
}

function countsOf({ prompt_tokens: input, completion_tokens: output, total_tokens: total }: WireUsage) {
  return { input_tokens: input, output_tokens: output, total_tokens: total }
}
