import { delay } from '../async/with-timeout.ts'
import { isInvalidInput } from '../vocabulary/invalid-input.ts'
import { toChatError } from '../vocabulary/chat-error.ts'
import { readAttempt, type AttemptOptions, type OpenAttempt } from './read-attempt.ts'
import type { FinishUsage, Generation } from './read-finish.ts'
import { retryDelayMs } from '../async/retry-delay.ts'

/** Options of {@link generate}. */
export interface GenerateOptions extends AttemptOptions {
  /** Time until the first event of the model, in milliseconds. */
  readonly firstTokenMs: number
  /** Further attempts before the first token. */
  readonly retries: number
}

/**
 * Reads one answer, with timers, limits and retries. All attempts and the waits between them share `firstTokenMs`.
 * After the first text nothing is retried, because the reader has seen it; a first-token timeout is not retried either,
 * because the time is used up.
 *
 * @throws ChatError of the model, or `upstream-timeout`, `upstream-stalled`, `upstream-incomplete`; or the signal's
 * reason when the run was aborted
 */
export async function generate(open: OpenAttempt, options: GenerateOptions): Promise<Generation> {
  const { clock, signal, firstTokenMs, retries } = options
  const startBy = clock.now() + firstTokenMs
  let answering = false
  const onFirstText = (): void => {
    answering = true
    options.onFirstText()
  }
  let spent: FinishUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }
  const onUsage = (usage: FinishUsage): void => {
    spent = {
      inputTokens: spent.inputTokens + usage.inputTokens,
      outputTokens: spent.outputTokens + usage.outputTokens,
      totalTokens: spent.totalTokens + usage.totalTokens,
    }
    options.onUsage(spent)
  }
  for (let attempt = 0; ; attempt++) {
    try {
      return await readAttempt(open, { ...options, onFirstText, onUsage }, startBy - clock.now())
    } catch (thrown) {
      signal.throwIfAborted()
      // Misuse that is found only now, such as an invalid client, is not a failure of the model.
      const error = toChatError(thrown, isInvalidInput(thrown) ? 'internal' : 'upstream-unavailable')
      const waitMs = retryDelayMs(error, attempt)
      const final = answering || attempt >= retries || !error.retryable
      if (final || clock.now() + waitMs >= startBy) throw error
      await options.onWarning('retrying')
      await delay(waitMs, { clock, signal })
    }
  }
}
