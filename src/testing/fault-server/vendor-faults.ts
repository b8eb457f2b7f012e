import type { FaultBehaviour, FaultExchange } from './behaviour.ts'
import { sequence } from './combinators.ts'
import { status } from './http-faults.ts'
import { step } from './steps.ts'
import { answer, type AnswerOptions, type BrokenStreamOptions, type FaultContent } from './stream-faults.ts'
import { bodyField } from './request-body.ts'
import type { WireUsage } from './wire.ts'
import { wireOf } from './wire-of.ts'

/** A stream that ends normally, without any text. */
export function emptyAnswer(
  options: { readonly finishReason?: string; readonly reasoning?: readonly string[]; readonly usage?: WireUsage } = {},
): FaultBehaviour {
  return answer([], options)
}

/** A normal answer with the keep-alives that servers send: comments, empty `data:` lines, and pings. */
export function heartbeats(content?: FaultContent, options: AnswerOptions = {}): FaultBehaviour {
  const pings = 'event: ping\ndata: {"type":"ping"}\n\nevent: heartbeat\ndata: ok\n\n'
  const beat = `data:\n\ndata: \n\n: keep-alive\n\n${pings}`
  return changed(answer(content, options), (data) => beat + data.replace('[DONE]', ' [DONE] '))
}

/** The format in which a server names the parameter that it rejects. */
export type RefusalShape =
  /** 400 with `error.param`, as OpenAI does. */
  | 'param'
  /** 422 with `detail[].loc`, as Mistral does; major version 6 of the official client discards this body. */
  | 'detail'
  /** 400 with a sentence that names the parameter, as many servers do. */
  | 'message'

/** Rejects requests with one of these parameters, and answers all others. */
export function refusesParameters(
  names: string | readonly string[],
  options: { readonly shape?: RefusalShape; readonly content?: FaultContent } = {},
): FaultBehaviour {
  const { shape = 'param', content } = options
  return (exchange) => {
    const name = [names].flat().find((name) => bodyField(exchange.hit, name) !== undefined)
    return (name === undefined ? answer(content) : refusalOf(name, shape))(exchange)
  }
}

function refusalOf(name: string, shape: RefusalShape): FaultBehaviour {
  const type = 'invalid_request_error'
  const message = `Unsupported parameter: '${name}' is not supported with this model.`
  switch (shape) {
    case 'param':
      return status(400, { body: { error: { message, type, param: name, code: 'unsupported_parameter' } } })
    case 'detail': {
      const detail = [{ type: 'extra_forbidden', loc: ['body', name], msg: 'Extra inputs are not permitted' }]
      return status(422, { body: { detail } })
    }
    case 'message':
      return status(400, { body: { error: { message, type, param: null, code: null } } })
  }
}

/** Rejects requests with a system message that is not the first message, as the templates of several models do. */
export function oneSystemMessage(content?: FaultContent): FaultBehaviour {
  return (exchange) => {
    const messages = bodyField(exchange.hit, 'messages') ?? bodyField(exchange.hit, 'input')
    const roles = Array.isArray(messages) ? messages.map((message: unknown) => Object(message).role as unknown) : []
    if (!roles.includes('system', 1)) return answer(content)(exchange)
    const message = 'System message must be at the beginning.'
    return status(400, { body: { error: { code: 400, message, type: 'invalid_request_error' } } })(exchange)
  }
}

/** The place of a model's reasoning. */
export type ThinkingPlace =
  /** In the text, between `<think>` and `</think>`. */
  | 'tags'
  /** In the text, with only the closing tag, because the prompt template contains the opening one. */
  | 'closing-tag'
  /** In `content` as a list of parts, as Mistral does; in the Responses API in `response.reasoning_text.delta`. */
  | 'parts'
  /** In `reasoning_details`, as OpenRouter does; in the Responses API in `response.reasoning_summary_text.delta`. */
  | 'details'

/** A model that shows its reasoning before it answers. */
export function thinking(
  options: {
    readonly place?: ThinkingPlace
    readonly thought?: readonly string[]
    readonly content?: readonly string[]
    readonly finishReason?: string
    /** Waits here before each delta. */
    readonly gate?: AnswerOptions['gate']
  } = {},
): FaultBehaviour {
  const { place = 'tags', thought = ['Hm,', ' source [1].'], content = ['The answer is 42 [1].'], gate } = options
  const pace = gate ? [step.gate(gate)] : []
  const deltas = deltasOf(place, thought, content).flatMap((delta) => [...pace, delta])
  return sequence(step.role(), ...deltas, step.finish(options.finishReason), step.done())
}

function deltasOf(
  place: ThinkingPlace,
  thought: readonly string[],
  content: readonly string[],
): readonly FaultBehaviour[] {
  const texts = content.map(step.text)
  switch (place) {
    case 'tags':
      return [...['<think>', ...thought, '</think>', '\n\n'].map(step.text), ...texts]
    case 'closing-tag':
      return [...[...thought, '\n', '</think>', '\n\n'].map(step.text), ...texts]
    case 'parts':
      return [...thought.map(thoughtIn('parts')), ...content.map(textParts)]
    case 'details':
      return [...thought.map(thoughtIn('details')), ...texts]
  }
}

function thoughtIn(form: 'parts' | 'details') {
  return (text: string): FaultBehaviour =>
    ({ hit, write }) =>
      write(wireOf(hit).thought(hit, text, form))
}

function textParts(text: string): FaultBehaviour {
  return ({ hit, write }) => write(wireOf(hit).textParts(hit, text))
}

/** Reasons silently for this long, in milliseconds, and then answers. @defaultValue 60,000 */
export function hiddenReasoning(
  options: { readonly ms?: number; readonly gate?: AnswerOptions['gate']; readonly content?: FaultContent } = {},
): FaultBehaviour {
  const { ms = 60_000, gate, content } = options
  return sequence(step.role(), gate ? step.gate(gate) : step.delay(ms), answer(content))
}

/** A behaviour whose event stream has another content type. @defaultValue `application/json` */
export function mislabelled(behave: FaultBehaviour, contentType = 'application/json'): FaultBehaviour {
  return sequence(step.head(200, { 'content-type': contentType }), behave)
}

/** A whole completion as JSON, although a stream was requested. */
export function jsonCompletion(
  content = 'The answer is 42 [1].',
  options: { readonly finishReason?: string; readonly indent?: number } = {},
): FaultBehaviour {
  const usage = { prompt_tokens: 10, completion_tokens: 7, total_tokens: 17 }
  const { finishReason = 'stop', indent } = options
  return (exchange) => {
    const body = JSON.stringify(
      wireOf(exchange.hit).whole(exchange.hit, content, { finishReason, usage }),
      undefined,
      indent,
    )
    return sequence(step.head(200, { 'content-type': 'application/json' }), step.raw(body))(exchange)
  }
}

/** A stream with one JSON chunk per line, not in the event stream format. */
export function jsonLines(content?: FaultContent, options: AnswerOptions = {}): FaultBehaviour {
  const lines = changed(answer(content, options), (data) =>
    data.replace('data: [DONE]\n\n', '').replaceAll(/^event: .*\n|^data: |\n(?=\n)/gmu, ''),
  )
  return sequence(step.head(200, { 'content-type': 'application/x-ndjson' }), lines)
}

/** An answer whose usage is in the choice, as Moonshot does, or under `x_groq`; in the Responses API beside the response. @defaultValue `choice` */
export function usageElsewhere(
  options: { readonly place?: 'choice' | 'x_groq'; readonly usage?: WireUsage } = {},
): FaultBehaviour {
  const { place = 'choice', usage = { prompt_tokens: 10, completion_tokens: 7, total_tokens: 17 } } = options
  const end: FaultBehaviour = ({ hit, write }) => write(wireOf(hit).finishWithUsageElsewhere(hit, usage, place))
  return sequence(step.role(), 'The answer is 42 [1].', end, step.done())
}

/** Status 429 of an account without credit, so that a retry is useless. */
export function outOfCredit(options: { readonly code?: 402 | 429 } = {}): FaultBehaviour {
  const message = 'You exceeded your current quota, please check your plan and billing details.'
  const error = { message, type: 'insufficient_quota', param: null, code: 'insufficient_quota' }
  return status(options.code ?? 429, { body: { error } })
}

/**
 * Some text, then an end whose finish reason reports a failure of the server, such as `error`, `abort` or
 * `network_error`.
 */
export function failedEnd(options: BrokenStreamOptions & { readonly finishReason?: string } = {}): FaultBehaviour {
  const { deltas = ['Hello', ' world'], gate, finishReason = 'error' } = options
  return sequence(step.role(), ...deltas, ...(gate ? [step.gate(gate)] : []), step.finish(finishReason), step.done())
}

/** Changes the text that `behave` sends. */
function changed(behave: FaultBehaviour, change: (data: string) => string): FaultBehaviour {
  return (exchange) => {
    const write: FaultExchange['write'] = (data) => exchange.write(typeof data === 'string' ? change(data) : data)
    return behave({ ...exchange, write })
  }
}
