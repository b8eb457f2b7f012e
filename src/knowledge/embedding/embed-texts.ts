import type { Clock } from '../../core/async/clock.ts'
import { untilAborted } from '../../core/async/abortable.ts'
import { retryDelayMs } from '../../core/async/retry-delay.ts'
import { delay } from '../../core/async/with-timeout.ts'
import { estimateTokens } from '../../core/text/estimate-tokens.ts'
import { ChatError, toChatError } from '../../core/vocabulary/chat-error.ts'
import type { Embedder, EmbedOptions } from '../../core/vocabulary/retriever.ts'
import { checkVectors } from './check-vectors.ts'
import type { ResolvedEmbeddingOptions } from './embedding-options.ts'
import { createPace } from './pace.ts'

/** A vector of length 1, or the reason for which a text has none. */
export type Embedded = Float32Array | ChatError

/** Options of a call of {@link TextEmbedder}. */
export interface EmbedTextsCall {
  /** Use of the vectors. @defaultValue `document` */
  readonly purpose?: EmbedOptions['purpose']
  /** Ends the work. */
  readonly signal: AbortSignal
  /** Called after each answer with the number of its texts. */
  readonly onEmbedded?: (texts: number) => void
}

/** Embeds any number of texts. Its result has one entry per text, in order. */
export type TextEmbedder = (texts: readonly string[], call: EmbedTextsCall) => Promise<readonly Embedded[]>

/** Failures of a service that are due to the texts of the call. Other failures concern every call. */
const DUE_TO_TEXTS: readonly string[] = ['upstream-bad-response', 'upstream-rejected']

/** An embedder that fails for so many single texts in a row does not work at all. */
const MAX_FAILED_IN_A_ROW = 20

/**
 * Creates the function that embeds texts in batches, with retries and within the rates. A batch that fails because of its
 * texts is halved until the text is found, so that the other texts get their vectors.
 *
 * The function rejects with a ChatError if the service fails for another reason, or for many texts in a row.
 */
export function createTextEmbedder(
  embedder: Embedder,
  options: ResolvedEmbeddingOptions & { readonly clock: Clock },
): TextEmbedder {
  const { batchSize, concurrency, retries, clock } = options
  const pace = createPace(options)
  let failedInARow = 0

  async function ask(texts: readonly string[], call: EmbedOptions): Promise<readonly Embedded[]> {
    const { signal } = call
    for (let attempt = 0; ; attempt++) {
      await pace.wait(
        texts.reduce((sum, text) => sum + estimateTokens(text), 0),
        signal,
      )
      try {
        // A copy, because an embedder may take the texts out of its list.
        const answer = Promise.resolve(embedder.embed([...texts], call))
        return checkVectors(await untilAborted(answer, signal), texts.length)
      } catch (thrown) {
        signal.throwIfAborted()
        const error = toChatError(thrown, 'upstream-unavailable')
        if (!error.retryable || attempt >= retries || DUE_TO_TEXTS.includes(error.code)) throw error
        await delay(retryDelayMs(error, attempt), { clock, signal })
      }
    }
  }

  async function embedBatch(texts: readonly string[], call: EmbedOptions): Promise<readonly Embedded[]> {
    const results = await askOrFail(texts, call)
    if (results) {
      countFailures(results)
      return results
    }
    const half = Math.ceil(texts.length / 2)
    const first = await embedBatch(texts.slice(0, half), call)
    return [...first, ...(await embedBatch(texts.slice(half), call))]
  }

  /** Returns `undefined` if one of several texts is the reason of the failure. */
  async function askOrFail(texts: readonly string[], call: EmbedOptions): Promise<readonly Embedded[] | undefined> {
    try {
      return await ask(texts, call)
    } catch (thrown) {
      call.signal.throwIfAborted()
      const error = toChatError(thrown)
      if (!DUE_TO_TEXTS.includes(error.code)) throw error
      return texts.length === 1 ? [error] : undefined
    }
  }

  function countFailures(results: readonly Embedded[]): void {
    for (const result of results) {
      failedInARow = result instanceof ChatError ? failedInARow + 1 : 0
      if (result instanceof ChatError && failedInARow >= MAX_FAILED_IN_A_ROW) {
        const message = `The embedder failed for ${failedInARow} texts in a row: ${result.message}`
        throw new ChatError(message, { code: 'upstream-unavailable', retryable: false, cause: result })
      }
    }
  }

  return async (texts, { purpose = 'document', signal, onEmbedded }) => {
    const batches = Array.from({ length: Math.ceil(texts.length / batchSize) }, (_, index) => index * batchSize)
    const results: Embedded[] = []
    const work = async (): Promise<void> => {
      for (let start = batches.shift(); start !== undefined; start = batches.shift()) {
        const batch = texts.slice(start, start + batchSize)
        try {
          for (const [index, result] of (await embedBatch(batch, { purpose, signal })).entries())
            results[start + index] = result
        } catch (thrown) {
          batches.length = 0
          throw thrown
        }
        onEmbedded?.(batch.length)
      }
    }
    await Promise.all(Array.from({ length: Math.min(concurrency, batches.length) }, work))
    return results
  }
}
