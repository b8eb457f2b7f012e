import { abortable } from '../async/abortable.ts'
import { systemClock, type Clock } from '../async/clock.ts'
import { withTimeout } from '../async/with-timeout.ts'
import { expectOptions, type OptionNames } from '../options/expect-options.ts'
import { clockOption, countOption, durationOption } from '../options/options-with-defaults.ts'
import {
  expectFinite,
  expectFunction,
  expectMethods,
  expectOneOf,
  expectOptionalFunction,
} from '../options/validate.ts'
import { estimateTokens } from '../text/estimate-tokens.ts'
import { ChatError, toChatError } from '../vocabulary/chat-error.ts'
import type { ChatModel, ChatModelEvent, ChatModelRequest } from '../vocabulary/chat-model.ts'
import type { CitationCheck, CitationCheckInput } from '../vocabulary/citation-check.ts'
import type { CitationSupport } from '../vocabulary/citations.ts'
import { estimateUsage, type TokenUsage } from '../vocabulary/usage.ts'
import { withOneSystemMessage } from '../vocabulary/with-one-system-message.ts'
import { buildCheckPrompt, type CheckPromptBuilder } from './build-check-prompt.ts'
import { createCitationCheck } from './create-citation-check.ts'
import { readVerdict } from './read-verdict.ts'

/** Options of {@link modelCitationCheck}. */
export interface ModelCitationCheckOptions {
  /** The model to ask. */
  readonly model: ChatModel
  /** The check that judges first. @defaultValue `createCitationCheck()` */
  readonly check?: CitationCheck | undefined
  /** The claims that the model judges: those that the first check calls `weak`, or all. @defaultValue `'weak'` */
  readonly ask?: 'weak' | 'all' | undefined
  /** Makes the prompt. @defaultValue {@link buildCheckPrompt} */
  readonly prompt?: CheckPromptBuilder | undefined
  /** Time for a verdict, in milliseconds. An answer waits at most 10 seconds for a check. @defaultValue 8,000 */
  readonly timeoutMs?: number | undefined
  /** Maximum number of output tokens, reasoning included. @defaultValue the default of the model */
  readonly maxOutputTokens?: number | undefined
  /** Temperature; several models accept only their default. @defaultValue the default of the model */
  readonly temperature?: number | undefined
  /** Called with the tokens of each call. The usage of the run does not contain them. */
  readonly onUsage?: ((usage: TokenUsage) => void) | undefined
  /** Called when the model gives no verdict; the claim keeps the label of the first check. */
  readonly onError?: ((error: ChatError) => void) | undefined
  /** Measures the time. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined
}

const OPTIONS: OptionNames<ModelCitationCheckOptions> = {
  model: true,
  check: true,
  ask: true,
  prompt: true,
  timeoutMs: true,
  maxOutputTokens: true,
  temperature: true,
  onUsage: true,
  onError: true,
  clock: true,
}

const TIMEOUT_MS = 8_000
/** Limit for a model that does not stop. Thoughts in the text may be long. */
const MAX_TEXT_CHARS = 65_536

/**
 * Creates a check that asks a model after a first check, which spends no tokens. The verdict of the model replaces the label
 * and the reasons; the passage is that of the first check. If the model fails, refuses, takes too long or answers with
 * anything but a verdict, the claim keeps its first label.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function modelCitationCheck(options: ModelCitationCheckOptions): CitationCheck {
  expectOptions(options, OPTIONS, { of: 'modelCitationCheck' })
  const { check = createCitationCheck(), ask = 'weak' } = options
  expectFunction('check', check)
  expectOneOf('ask', ask, ['weak', 'all'])
  const askModel = createAsker(options)
  const judge = (input: CitationCheckInput, first: CitationSupport | undefined, signal: AbortSignal) =>
    ask === 'all' || first?.support === 'weak' ? askModel({ input, first, signal }) : first
  return (input, { signal }) => {
    const first = check(input, { signal })
    return first instanceof Promise
      ? first.then(async (outcome) => judge(input, outcome, signal))
      : judge(input, first, signal)
  }
}

interface Asked {
  readonly input: CitationCheckInput
  readonly first: CitationSupport | undefined
  readonly signal: AbortSignal
}

type Asker = (asked: Asked) => Promise<CitationSupport | undefined>

function createAsker(options: ModelCitationCheckOptions): Asker {
  const { model, prompt = buildCheckPrompt, onUsage, onError } = options
  expectMethods('model', model, 'a chat model such as openaiChatModel({ client, model })', ['stream'])
  expectFunction('prompt', prompt)
  expectOptionalFunction('onUsage', onUsage)
  expectOptionalFunction('onError', onError)
  const ms = durationOption('timeoutMs', options.timeoutMs, TIMEOUT_MS)
  const clock = clockOption('clock', options.clock, systemClock)
  const settings = settingsOf(options)
  const onTimeout = (): ChatError =>
    new ChatError(`The model gave no verdict on a claim within ${ms} ms (timeoutMs)`, { code: 'upstream-timeout' })

  return async ({ input, first, signal }) => {
    try {
      const messages = withOneSystemMessage(prompt(input))
      const request: ChatModelRequest = { messages, purpose: 'check', question: input.claim, sources: [], ...settings }
      const text = await withTimeout(
        async (signal) => readAnswer(model.stream(request, { signal }), { request, signal, onUsage }),
        { ms, clock, signal, onTimeout },
      )
      const verdict = readVerdict(text)
      if (!verdict) throw badResponse('it has no JSON object with one known support', text)
      return { ...verdict, ...(first?.passage && { passage: first.passage }) }
    } catch (thrown) {
      signal.throwIfAborted()
      onError?.(toChatError(thrown))
      return first
    }
  }
}

// No settings by default: a limit may cut the reasoning off, and a model may reject a temperature.
function settingsOf(options: ModelCitationCheckOptions): Pick<ChatModelRequest, 'maxOutputTokens' | 'temperature'> {
  const temperature = expectFinite('temperature', options.temperature)
  return {
    ...(options.maxOutputTokens !== undefined && {
      maxOutputTokens: countOption('maxOutputTokens', options.maxOutputTokens, 0),
    }),
    ...(temperature !== undefined && { temperature }),
  }
}

interface ReadOptions {
  readonly request: ChatModelRequest
  readonly signal: AbortSignal
  readonly onUsage: ((usage: TokenUsage) => void) | undefined
}

/** Reads the model to its end, and reports its tokens, also if it does not come to an end. */
async function readAnswer(
  events: AsyncIterable<ChatModelEvent>,
  { request, signal, onUsage }: ReadOptions,
): Promise<string> {
  const reader = abortable(events, signal)
  let text = ''
  let usage: TokenUsage | undefined
  let hasAnswered = false
  try {
    for (;;) {
      const { done, value: event } = await reader.next()
      if (done) throw new ChatError('The model ended without a finish event', { code: 'upstream-incomplete' })
      hasAnswered = true
      if (event.type === 'text') text += event.delta
      if (text.length > MAX_TEXT_CHARS) throw badResponse(`it is longer than ${MAX_TEXT_CHARS} characters`, text)
      if (event.type !== 'finish') continue
      usage = event.usage
      const { finishReason } = event
      if (finishReason === 'length') throw badResponse('it was cut: raise maxOutputTokens', text)
      if (finishReason === 'content-filter') throw badResponse('a content filter stopped it', text)
      return text
    }
  } finally {
    // A model that failed before its first event has used nothing.
    if (hasAnswered)
      onUsage?.(
        usage ??
          estimateUsage(
            request.messages.map(({ content }) => content),
            text,
            estimateTokens,
          ),
      )
    await reader.return?.()
  }
}

function badResponse(flaw: string, text: string): ChatError {
  return new ChatError(`Cannot read the model's verdict on a claim: ${flaw}`, {
    code: 'upstream-bad-response',
    cause: text,
  })
}
