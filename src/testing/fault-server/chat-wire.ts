import type { FaultHit } from './behaviour.ts'
import { dataEvent } from './data-event.ts'
import { modelOf } from './request-body.ts'
import type { ThoughtForm, Wire } from './wire.ts'

/** The events of a chat completion. */
export const chatWire: Wire = {
  start: (hit) => dataEvent(chunk(hit, { role: 'assistant', content: '' })),
  text: (hit, content) => dataEvent(chunk(hit, { content })),
  textParts: (hit, text) => dataEvent(chunk(hit, { content: [{ type: 'text', text }] })),
  thought: (hit, text, form) => dataEvent(chunk(hit, thoughtDelta(text, form))),
  finish: (hit, { finishReason }) => dataEvent(chunk(hit, {}, finishReason)),
  usage: (hit, usage) => dataEvent({ ...chunk(hit, {}), choices: [], usage }),
  finishWithUsageElsewhere(_hit, usage, place) {
    const choice = { index: 0, delta: {}, finish_reason: 'stop' }
    return dataEvent(
      place === 'choice' ? { choices: [{ ...choice, usage }] } : { choices: [choice], x_groq: { usage } },
    )
  },
  error(_hit, { message, code }, form) {
    const error = { message, type: code, param: null, code }
    if (form === 'nested') return dataEvent({ error })
    if (form === 'flat') return dataEvent({ object: 'error', ...error })
    return dataEvent({ choices: [{ index: 0, delta: { content: '' }, finish_reason: null, error }] })
  },
  whole(hit, content, { finishReason, usage }) {
    const message = { role: 'assistant', content }
    return {
      id: completionId(hit),
      object: 'chat.completion',
      created: 0,
      model: modelOf(hit),
      choices: [{ index: 0, message, finish_reason: finishReason }],
      usage,
    }
  },
}

function chunk(hit: FaultHit, delta: Readonly<Record<string, unknown>>, finishReason?: string) {
  return {
    id: completionId(hit),
    object: 'chat.completion.chunk',
    created: 0,
    model: modelOf(hit),
    choices: [{ index: 0, delta, finish_reason: finishReason ?? null }],
  }
}

function thoughtDelta(text: string, form: ThoughtForm): Readonly<Record<string, unknown>> {
  switch (form) {
    case 'field':
      return { reasoning_content: text }
    case 'parts':
      return { content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] }
    case 'details':
      return { content: '', reasoning_details: [{ type: 'reasoning.text', text }] }
  }
}

function completionId(hit: FaultHit): string {
  return `chatcmpl-${hit.index}`
}
