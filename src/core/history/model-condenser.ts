import { type CondensePromptBuilder, buildCondensePrompt } from './build-condense-prompt.ts'
import { abortable } from '../async/abortable.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import type { ChatModel, ChatModelEvent, Message, ModelFinishReason } from '../vocabulary/chat-model.ts'
import { findMarkers } from '../text/markers/find-markers.ts'
import { withOneSystemMessage } from '../vocabulary/with-one-system-message.ts'
import { estimateTokens } from '../text/estimate-tokens.ts'
import { estimateUsage, type TokenUsage } from '../vocabulary/usage.ts'
import { expectOptions, type OptionNames } from '../options/expect-options.ts'
import { countOption } from '../options/options-with-defaults.ts'
import { expectFinite, expectFunction, expectMethods } from '../options/validate.ts'
import type { CondenseCall, Condenser } from '../vocabulary/condenser.ts'

import { flawOfRewrite } from './flaw-of-rewrite.ts'
import { unwrapQuestion } from './unwrap-question.ts'

/** Options of {@link modelCondenser}. */
export interface ModelCondenserOptions {
  /** The model to ask. A smaller model than the one that answers is usually enough. */
  readonly model: ChatModel
  /** Makes the prompt. @defaultValue {@link buildCondensePrompt} */
  readonly prompt?: CondensePromptBuilder | undefined
  /**
   * Maximum number of output tokens. Reasoning counts, so a small limit leaves no room for the question.
   * @defaultValue the default of the model
   */
  readonly maxOutputTokens?: number | undefined
  /** Temperature; several models accept only their default. @defaultValue the default of the model */
  readonly temperature?: number | undefined
}

// Limits for a model that does not stop. Thoughts in the text may be long.
const MAX_TEXT_CHARS = 8_192
const MAX_THINKING_CHARS = 65_536
const STARTS_THINKING = /^\s*[<◁[]/u

const OPTIONS: OptionNames<ModelCondenserOptions> = {
  model: true,
  prompt: true,
  maxOutputTokens: true,
  temperature: true,
}

/**
 * Makes the condenser that asks a model to rewrite the follow-up. The output of the model is only a query; it is never
 * part of the answer.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function modelCondenser(options: ModelCondenserOptions): Condenser {
  expectOptions(options, OPTIONS, { of: 'modelCondenser' })
  const { model, prompt = buildCondensePrompt } = options
  expectMethods('model', model, 'a chat model such as openaiChatModel({ client, model })', ['stream'])
  expectFunction('prompt', prompt)
  const temperature = expectFinite('temperature', options.temperature)
  // No settings by default: a limit may cut the reasoning off, and a model may reject a temperature.
  const settings = {
    ...(options.maxOutputTokens !== undefined && {
      maxOutputTokens: countOption('maxOutputTokens', options.maxOutputTokens, 0),
    }),
    ...(temperature !== undefined && { temperature }),
  }
  return {
    async condense(turns, question, call) {
      const messages = withOneSystemMessage(prompt({ turns, question }))
      const request = { messages, purpose: 'condense', question, sources: [], ...settings } as const
      const output = await readText(model.stream(request, call), { messages, question, ...call })
      call.onUsage?.(output.usage)
      return { query: toQuery(output, [...turns.map((turn) => turn.question), question]), usage: output.usage }
    },
  }
}

/** The complete output of the model. */
interface ModelOutput {
  /** The text, thoughts included. */
  readonly text: string
  /** The reason for the end, if the model gave one. */
  readonly finishReason: ModelFinishReason | undefined
  /** Tokens that the call used. */
  readonly usage: TokenUsage
}

interface ReadOptions extends CondenseCall {
  /** The prompt, to estimate its tokens. */
  readonly messages: readonly Message[]
  /** The follow-up, which bounds the text. */
  readonly question: string
}

/** Reads the model to its end. Reports its usage, also if it fails or is aborted. */
async function readText(
  events: AsyncIterable<ChatModelEvent>,
  { messages, question, signal, onUsage }: ReadOptions,
): Promise<ModelOutput> {
  const reader = abortable(events, signal)
  let text = ''
  let answered = false
  const prompt = messages.map(({ content }) => content)
  const reportEstimate = (): void => onUsage?.(estimateUsage(prompt, text, estimateTokens))
  // Report at once, because an aborted run counts its tokens at that moment.
  signal.addEventListener('abort', reportEstimate, { once: true })
  try {
    for (;;) {
      const { done, value: event } = await reader.next()
      if (done) throw new ChatError('The model ended without a finish event', { code: 'upstream-incomplete' })
      answered = true
      if (event.type === 'text') text += event.delta
      if (text.length > maxChars(text, question)) throw badResponse('longer than any question', text)
      if (event.type !== 'finish') continue
      return {
        text,
        finishReason: event.finishReason,
        usage: event.usage ?? estimateUsage(prompt, text, estimateTokens),
      }
    }
  } catch (thrown) {
    // A model that failed before its first event has used nothing.
    if (answered) reportEstimate()
    throw thrown
  } finally {
    signal.removeEventListener('abort', reportEstimate)
    await reader.return?.()
  }
}

function maxChars(text: string, question: string): number {
  return 2 * question.length + (STARTS_THINKING.test(text.slice(0, 16)) ? MAX_THINKING_CHARS : MAX_TEXT_CHARS)
}

/** Extracts the question from the output of the model. */
function toQuery({ text, finishReason }: ModelOutput, questions: readonly string[]): string {
  if (finishReason === 'length' || finishReason === 'content-filter') throw badResponse(`cut (${finishReason})`, text)
  const asked = questions.at(-1) ?? ''
  const query = unwrapQuestion(text, { ofManyLines: /[\r\n]/u.test(asked.trim()) })
  if (query === undefined) throw badResponse('not one question', text)
  const flaw = flawOfRewrite(query, questions)
  if (flaw !== undefined) throw badResponse(flaw, text)
  if (findMarkers(query).length > 0 && findMarkers(asked).length === 0)
    throw badResponse('an answer with citations', text)
  return query
}

function badResponse(flaw: string, text: string): ChatError {
  return new ChatError(`The condensed question is ${flaw}`, { code: 'upstream-bad-response', cause: text })
}
