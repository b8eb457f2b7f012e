import { isInvalidInput } from '../../../core/vocabulary/invalid-input.ts'
import { fromOpenAIError } from '../../upstream/openai-error.ts'
import { openAnswer, type AnswerMethod, type OpenedAnswer } from './open-answer.ts'
import { readRefusal, type OptionalParameters, type Refusal } from './refused-parameters.ts'

/** Sends the requests of one model object. */
export type RequestAnswer<Body> = (body: Body, signal: AbortSignal) => Promise<OpenedAnswer>

/** The options of {@link createRequestAnswer}. */
export interface RequestAnswerOptions<Body> {
  /** The method of the client. */
  readonly method: AnswerMethod<Body>
  /** The parameters that servers may reject. */
  readonly parameters: OptionalParameters<Body>
  /** Additional fields of the body, sent unchanged. */
  readonly extraBody: Readonly<Record<string, unknown>>
}

/**
 * Creates the function that sends the requests of one model object. A parameter that the server has rejected is not sent
 * again by this object: models differ in the parameters that they allow. `extraBody` is sent unchanged.
 */
export function createRequestAnswer<Body extends object>({
  method,
  parameters,
  extraBody,
}: RequestAnswerOptions<Body>): RequestAnswer<Body> {
  let known: ReadonlySet<string> = new Set()
  let mayGuess = true

  return async (body, signal) => {
    const knownBefore = known
    // Most requests succeed at once, and need no search.
    let search: RefusalSearch | undefined
    let first: unknown
    for (;;) {
      const own = parameters.without(body, search?.refused ?? knownBefore)
      try {
        const opened = await openAnswer(method, { ...own, ...extraBody }, { signal, maxRetries: 0 })
        if (search) known = new Set([...known, ...search.refused])
        return opened
      } catch (thrown) {
        first ??= thrown
        search ??= startSearch(knownBefore)
        if (isInvalidInput(thrown) || signal.aborted) throw isInvalidInput(thrown) ? thrown : fromOpenAIError(thrown)
        // Only parameters of this library are left out, not those of `extraBody`.
        const sent = parameters.names.filter((name) => name in own && !(name in extraBody))
        if (search.goOn(readRefusal(thrown, sent), mayGuess ? sent : [])) continue
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
  readonly refused: ReadonlySet<string>
  readonly hasGuessed: boolean
  /** Continues after an error; returns false if there is nothing more to try. `guesses` are used without a message. */
  goOn(refusal: Refusal, guesses: readonly string[]): boolean
}

function startSearch(known: ReadonlySet<string>): RefusalSearch {
  const named = new Set(known)
  let refused: ReadonlySet<string> = named
  let guesses: (readonly string[])[] | undefined

  return {
    get refused() {
      return refused
    },
    get hasGuessed() {
      return guesses !== undefined
    },
    goOn(refusal, candidates) {
      if (refusal.type === 'parameter') {
        if (refused.has(refusal.parameter)) return false
        named.add(refusal.parameter)
        refused = new Set([...refused, refusal.parameter])
        return true
      }
      // Each parameter alone first, so that supported ones are still sent; then all.
      if (refusal.type === 'unknown' && candidates.length > 0) guesses ??= guessesOf(candidates)
      const guess = guesses?.shift()
      if (!guess) return false
      refused = new Set([...named, ...guess])
      return true
    },
  }
}

function guessesOf(candidates: readonly string[]): (readonly string[])[] {
  const alone = candidates.map((candidate) => [candidate])
  return candidates.length > 1 ? [...alone, candidates] : alone
}
