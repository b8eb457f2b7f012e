import { factsOf, type Facts } from '../../upstream/error-facts.ts'

/** The parameters of a request that servers may reject. */
export interface OptionalParameters<Body> {
  /** Their names, in the order of guesses if the error message is lost. */
  readonly names: readonly string[]
  /** Returns the body without the rejected ones, or with another name for them. */
  without(body: Body, refused: ReadonlySet<string>): Body
}

/** The subject of a rejected request. */
export type Refusal =
  | { readonly type: 'parameter'; readonly parameter: string }
  /** The client has dropped the server's message. */
  | { readonly type: 'unknown' }
  | { readonly type: 'other' }

/** Finds the parameter among those that were `sent` that a server has rejected, if there is one. */
export function readRefusal(thrown: unknown, sent: readonly string[]): Refusal {
  const facts = factsOf(thrown)
  if (facts['status'] !== 400 && facts['status'] !== 422) return { type: 'other' }
  const { named, words } = wordsOf(facts)
  if (named.length === 0 && SAYS_NOTHING.test(words)) return { type: 'unknown' }
  const found = sent.find((parameter) =>
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
