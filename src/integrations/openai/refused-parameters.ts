import { factsOf, type Facts } from './error-facts.ts'
import type { OpenAIChatBody } from './openai-client.ts'

/** A parameter of ours that a server refused: it is left out, but for a limit, which is sent under its other name. */
export type Refused = 'temperature' | 'stream_options' | 'max_completion_tokens'

// The order of guesses, for a refusal whose words are lost: the name of the limit differs most among servers.
const PARAMETERS: readonly Refused[] = ['max_completion_tokens', 'stream_options', 'temperature']

/** The body without what was refused. A limit of tokens is never dropped, because it is a limit of cost. */
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

/** The subject of a refusal. */
export type Refusal =
  | { readonly type: 'parameter'; readonly parameter: Refused }
  /** The server said no, and the client has thrown its words away. */
  | { readonly type: 'unknown'; readonly guesses: readonly Refused[] }
  | { readonly type: 'other' }

/** Finds the parameter among those of `sent` that a server refuses, if it refuses one. */
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

/** The names that an error gives in fields for it, and its sentences. */
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
  // The client puts this in place of words that it did not understand.
  if (typeof facts['message'] === 'string' && !facts['message'].includes('(no body)')) words.push(facts['message'])
  return { named, words: words.join('\n') }
}

const NAMING = new Set(['param', 'loc', 'field', 'parameter'])
// OpenRouter gives the words of the server behind it as `raw`.
const SAYING = new Set(['raw', 'message', 'msg', 'detail', 'reason', 'description', 'error'])
// What the request had, and not what the server says about it.
const QUOTING = new Set(['input', 'headers', 'request'])

// No word at all, or only those that stand for the status.
const SAYS_NOTHING =
  /^(?:[^\p{L}]|bad.?request(?:error)?|unprocessable(?: entity| content)?|invalid.?request|provider returned error|error)*$/iu

/** True if a sentence names a parameter, in whatever way it writes the name. */
function isNamed(parameter: string, words: string): boolean {
  const name = parameter.replaceAll('_', String.raw`[_\s-]?`)
  return new RegExp(`(?<![a-z0-9_])${name}(?![a-z0-9_])`, 'iu').test(words)
}
