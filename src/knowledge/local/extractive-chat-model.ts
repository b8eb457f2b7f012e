import { systemClock, type Clock } from '../../core/async/clock.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { ChatModel } from '../../core/vocabulary/chat-model.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { clockOption, countOption } from '../../core/options/options-with-defaults.ts'
import { loadLanguage } from '../text/languages/language.ts'
import { pickQuotes } from './pick-quotes.ts'
import { quotedLanguage } from './quoted-language.ts'
import { speak } from './speak.ts'
import { writeAnswer } from './write-answer.ts'

/** The options of {@link extractiveChatModel}. */
export interface ExtractiveChatModelOptions {
  /**
   * Maximum number of quoted sentences. A list counts as one, with the sentence that introduces it.
   * @defaultValue 2, and 3 from the beginning of the section that the question names
   */
  readonly maxSentences?: number | undefined
  /** Words emitted per second, from 0.1; `Infinity` for no pauses. @defaultValue 30 */
  readonly wordsPerSecond?: number | undefined
  /** Measures the pauses; tests pass their own. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

/**
 * Creates a model that answers by quoting the sentences of the sources that fit the question best, each with its
 * citation. It is not a language model: it does not summarise or conclude. It needs no key and no network, spends no
 * tokens, and gives the same answer to the same question and sources.
 *
 * If no sentence fits, the answer is one fixed sentence. A request to condense returns the question unchanged. Of the
 * request's settings it uses `maxOutputTokens`, as `estimateTokens` counts them.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 *
 * @example
 * ```ts
 * import { streamChat } from 'ragwire'
 * import { extractiveChatModel, localRetriever } from 'ragwire/local'
 * const retriever = localRetriever([{ documentId: 'tea', title: 'Tea', text: 'Green tea is steeped at 80 °C.' }])
 * const events = streamChat({ question: 'How hot is green tea steeped?', retriever, model: extractiveChatModel() })
 * for await (const event of events) if (event.type === 'token') process.stdout.write(event.delta)
 * ```
 */
export function extractiveChatModel(options: ExtractiveChatModelOptions = {}): ChatModel {
  const { maxSentences, pauseMs, clock } = resolveOptions(options)
  return {
    stream({ purpose, question, query = question, sources, maxOutputTokens = Infinity }, { signal }) {
      if (purpose === 'condense') return speak(() => [question], { pauseMs: 0, maxTokens: Infinity, clock, signal })
      const answer = async (): Promise<Iterable<string>> => {
        const language = await loadLanguage(quotedLanguage(query, sources))
        return writeAnswer(question, pickQuotes(query, sources, { maxSentences, language }))
      }
      return speak(answer, { pauseMs, maxTokens: maxOutputTokens, clock, signal })
    },
  }
}

const OPTIONS: OptionNames<ExtractiveChatModelOptions> = { maxSentences: true, wordsPerSecond: true, clock: true }

function resolveOptions(options: ExtractiveChatModelOptions) {
  expectOptions(options, OPTIONS, { of: 'extractiveChatModel' })
  const { maxSentences, wordsPerSecond = 30 } = options
  // A slower model would look stalled.
  if (typeof wordsPerSecond !== 'number' || !(wordsPerSecond >= 0.1)) {
    const message = `Cannot use wordsPerSecond ${String(wordsPerSecond)}: it must be at least 0.1, or Infinity for no pauses`
    throw invalidInput('wordsPerSecond', message, RangeError)
  }
  return {
    maxSentences: maxSentences === undefined ? undefined : countOption('maxSentences', maxSentences, 1),
    pauseMs: 1000 / wordsPerSecond,
    clock: clockOption('clock', options.clock, systemClock),
  }
}
