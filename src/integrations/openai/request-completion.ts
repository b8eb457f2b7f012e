import { isInvalidInput } from '../../core/errors.ts'
import { openCompletion, type Completion } from './open-completion.ts'
import type { OpenAIChatBody, OpenAIChatClient } from './openai-client.ts'
import { fromOpenAIError } from './openai-error.ts'
import { readRefusal, withoutRefused, type Refused } from './refused-parameters.ts'

/** Makes the requests of one model object. */
export type RequestCompletion = (body: OpenAIChatBody, signal: AbortSignal) => Promise<Completion>

/**
 * Starts the requests of one model object. A parameter that the server refuses is not sent again, for as long as the
 * object lives: models of one family refuse what others ask for. `extraBody` is sent as it is.
 */
export function createRequestCompletion(
  client: OpenAIChatClient,
  extraBody: Readonly<Record<string, unknown>> | undefined,
): RequestCompletion {
  let known: ReadonlySet<Refused> = new Set()
  let mayGuess = true

  return async (body, signal) => {
    const tried = new Set(known)
    let guesses: readonly Refused[] | undefined
    let first: unknown
    for (;;) {
      const own = withoutRefused(body, tried)
      try {
        const completion = await openCompletion(client, { ...own, ...extraBody }, { signal, maxRetries: 0 })
        known = new Set([...known, ...tried])
        return completion
      } catch (thrown) {
        first ??= thrown
        if (isInvalidInput(thrown) || signal.aborted) throw isInvalidInput(thrown) ? thrown : fromOpenAIError(thrown)
        const refusal = readRefusal(thrown, sentByUs(own, extraBody))
        if (refusal.type === 'unknown' && mayGuess) guesses ??= refusal.guesses
        const next = refusal.type === 'parameter' ? refusal.parameter : guesses?.find((guess) => !tried.has(guess))
        if (next === undefined || tried.has(next)) {
          // The words were about something else, and would be the next time.
          if (guesses) mayGuess = false
          throw fromOpenAIError(first)
        }
        tried.add(next)
      }
    }
  }
}

function sentByUs(own: OpenAIChatBody, extraBody: Readonly<Record<string, unknown>> = {}): OpenAIChatBody {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !(name in extraBody))) as unknown as OpenAIChatBody
}
