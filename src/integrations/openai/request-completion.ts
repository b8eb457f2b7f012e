import { isInvalidInput } from '../../core/vocabulary/invalid-input.ts'
import { openCompletion, type Completion } from './open-completion.ts'
import type { OpenAIChatBody, OpenAIChatClient } from './openai-client.ts'
import { fromOpenAIError } from '../upstream/openai-error.ts'
import { readRefusal, withoutRefused, type Refusal, type Refused } from './refused-parameters.ts'

/** Sends the requests of one model object. */
export type RequestCompletion = (body: OpenAIChatBody, signal: AbortSignal) => Promise<Completion>

/**
 * Creates the function that sends the requests of one model object. A parameter that the server has rejected is not sent
 * again by this object: models differ in the parameters that they allow. `extraBody` is sent unchanged.
 */
export function createRequestCompletion(
  client: OpenAIChatClient,
  extraBody: Readonly<Record<string, unknown>> | undefined,
): RequestCompletion {
  let known: ReadonlySet<Refused> = new Set()
  let mayGuess = true

  return async (body, signal) => {
    const search = startSearch(known)
    let first: unknown
    for (;;) {
      const own = withoutRefused(body, search.refused)
      try {
        const completion = await openCompletion(client, { ...own, ...extraBody }, { signal, maxRetries: 0 })
        known = new Set([...known, ...search.refused])
        return completion
      } catch (thrown) {
        first ??= thrown
        if (isInvalidInput(thrown) || signal.aborted) throw isInvalidInput(thrown) ? thrown : fromOpenAIError(thrown)
        if (search.goOn(readRefusal(thrown, sentByUs(own, extraBody)), mayGuess)) continue
        // The guesses were wrong, so the error had another reason; do not guess again.
        if (search.hasGuessed) mayGuess = false
        throw fromOpenAIError(first)
      }
    }
  }
}

/** Searches for the parameters that a server rejects. */
interface RefusalSearch {
  /** The parameters that the next request leaves out. */
  readonly refused: ReadonlySet<Refused>
  readonly hasGuessed: boolean
  /** Continues after an error; returns false if there is nothing more to try. */
  goOn(refusal: Refusal, mayGuess: boolean): boolean
}

function startSearch(known: ReadonlySet<Refused>): RefusalSearch {
  const named = new Set(known)
  let refused: ReadonlySet<Refused> = named
  let guesses: (readonly Refused[])[] | undefined

  return {
    get refused() {
      return refused
    },
    get hasGuessed() {
      return guesses !== undefined
    },
    goOn(refusal, mayGuess) {
      if (refusal.type === 'parameter') {
        if (refused.has(refusal.parameter)) return false
        named.add(refusal.parameter)
        refused = new Set([...refused, refusal.parameter])
        return true
      }
      // Each parameter alone first, so that supported ones are still sent; then all.
      if (refusal.type === 'unknown' && mayGuess) guesses ??= guessesOf(refusal.guesses)
      const guess = guesses?.shift()
      if (!guess) return false
      refused = new Set([...named, ...guess])
      return true
    },
  }
}

function guessesOf(candidates: readonly Refused[]): (readonly Refused[])[] {
  const alone = candidates.map((candidate) => [candidate])
  return candidates.length > 1 ? [...alone, candidates] : alone
}

function sentByUs(own: OpenAIChatBody, extraBody: Readonly<Record<string, unknown>> = {}): OpenAIChatBody {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !(name in extraBody))) as unknown as OpenAIChatBody
}
