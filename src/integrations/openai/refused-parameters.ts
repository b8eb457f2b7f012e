import { factsOf, type Facts } from '../upstream/error-facts.ts'
import type { OpenAIChatBody } from './openai-client.ts'

/** A parameter that servers may reject. It is then left out; the token limit is sent under its other name. */
export type Refused = 'temperature' | 'stream_options' | 'max_completion_tokens'

// The order of guesses if the error message is lost: the name of the token limit differs most between servers.
const PARAMETERS: readonly Refused[] = ['max_completion_tokens', 'stream_options', 'temperature']

/** Returns the body without rejected parameters. The token limit is never dropped, because it limits the cost. */
export function withoutRefused(body: OpenAIChatBody, refused: ReadonlySet<Refused>): OpenAIChatBody {
  const { temperature, stream_options: streamOptions, max_completion_tokens: maxTokens, ...rest } = body
  return {
    ...rest,
    ...(streamOptions !== undefined && !refused.has('stream_options') && { stream_options: streamOptions }),
    ...(temperature !== undefined && !refused.has('temperature') && { temperature }),
    ...(maxTokens !== undefined &&
      (refused.has('max_completion_tokens') ? { max_tokens: maxTokens } : { max_completion_tokens: maxTokens })),
  }
}

/** The subject of a rejected request. */
export type Refusal =
  | { readonly type: 'parameter'; readonly parameter: Refused }
  /** The client has dropped the server's message. */
  | { readonly type: 'unknown'; readonly guesses: readonly Refused[] }
  | { readonly type: 'other' }

/** Finds the parameter of `sent` that a server has rejected, if there is one. */
export function readRefusal(thrown: unknown, sent: OpenAIChatBody): Refusal {
  const facts = factsOf(thrown)
  if (facts['status'] !== 400 && facts['status'] !== 422) return { type: 'other' }
  const candidates = PARAMETERS.filter((parameter) => sent[parameter] !== undefined)
  const { named, words } = wordsOf(facts)
  if (named.length === 0 && SAYS_NOTHING.test(words)) return { type: 'unknown', guesses: candidates }
  const found = candidates.find((parameter) =>
    named.length > 0 ? named.some((name) => name.split(/[.[\]/]+/u).includes(parameter)) : isNamed(parameter, words),
  )
  return found === undefined ? { type: 'other' } : { type: 'parameter', parameter: found }
}

/** Returns the parameter names in the fields of an error, and its messages. */
function wordsOf(facts: Facts): { readonly named: readonly string[]; readonly words: string } {
  const named: string[] = []
  const words: string[] = []

  function collect(value: unknown, depth: number): void {
    if (depth > 4) return
    if (Array.isArray(value)) return value.slice(0, 20).forEach((item) => collect(item, depth + 1))
    if (typeof value === 'string') {
      words.push(value)
      return
    }
    for (const [key, field] of Object.entries(factsOf(value))) {
      if (NAMING.has(key)) named.push(...[field].flat().filter((name) => typeof name === 'string'))
      else if (SAYING.has(key) && typeof field === 'string') words.push(field)
      else if (typeof field === 'object' && !QUOTING.has(key)) collect(field, depth + 1)
    }
  }

  collect(facts['error'], 1)
  if (typeof facts['param'] === 'string') named.push(facts['param'])
  // The client uses this for a message that it could not parse.
  if (typeof facts['message'] === 'string' && !facts['message'].includes('(no body)')) words.push(facts['message'])
  return { named, words: words.join('\n') }
}

const NAMING = new Set(['param', 'loc', 'field', 'parameter'])
// OpenRouter passes the message of the upstream server on as `raw`.
const SAYING = new Set(['raw', 'message', 'msg', 'detail', 'reason', 'description', 'error'])
// These fields repeat the request.
const QUOTING = new Set(['input', 'headers', 'request'])

// An empty message, or one that only repeats the status.
const SAYS_NOTHING =
  /^(?:[^\p{L}]|bad.?request(?:error)?|unprocessable(?: entity| content)?|invalid.?request|provider returned error|error)*$/iu

/** Returns true if a message names a parameter, in any spelling. */
function isNamed(parameter: string, words: string): boolean {
  const name = parameter.replaceAll('_', String.raw`[_\s-]?`)
  return new RegExp(`(?<![a-z0-9_])${name}(?![a-z0-9_])`, 'iu').test(words)
}
