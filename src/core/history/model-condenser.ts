import { ChatError } from '../errors.ts'
import { abortable } from '../async/abortable.ts'
import type { ChatModel, ChatModelEvent, ChatModelRequest, Message } from '../generation/chat-model.ts'
import { estimateTokens, estimateUsage, type TokenUsage } from '../usage.ts'
import { expectOptions, type OptionNames } from '../expect-options.ts'
import { expectCount, expectFunction, expectMethods } from '../validate.ts'
import type { Condenser } from './condenser.ts'
import { toMessages, type HistoryTurn } from './conversation.ts'

/** What a condensing prompt is made from. */
export interface CondensePromptInput {
  /** The earlier turns, the oldest first. */
  readonly turns: readonly HistoryTurn[]
  readonly question: string
}

/** Makes the messages that ask for a stand-alone question. */
export type CondensePromptBuilder = (input: CondensePromptInput) => readonly Message[]

/** What {@link modelCondenser} takes. */
export interface ModelCondenserOptions {
  /** A smaller model than the one that answers is usually enough. */
  readonly model: ChatModel
  /** @defaultValue {@link buildCondensePrompt} */
  readonly prompt?: CondensePromptBuilder | undefined
  /** @defaultValue 256 */
  readonly maxOutputTokens?: number | undefined
}

// A model that does not stop is cut off here, whatever it makes of `maxOutputTokens`.
const MAX_QUERY_CHARS = 2_000

const OPTIONS: OptionNames<ModelCondenserOptions> = { model: true, prompt: true, maxOutputTokens: true }

/** Asks a model to rewrite the follow-up. What it says is a query and never part of the answer. */
export function modelCondenser(options: ModelCondenserOptions): Condenser {
  expectOptions(options, OPTIONS, { of: 'modelCondenser' })
  const { model, prompt = buildCondensePrompt } = options
  expectMethods('model', model, 'a chat model such as openaiChatModel({ client, model })', ['stream'])
  expectFunction('prompt', prompt)
  const maxOutputTokens = expectCount('maxOutputTokens', options.maxOutputTokens, 256)
  return {
    async condense(turns, question, { signal }) {
      const messages = prompt({ turns, question })
      const request = { messages, purpose: 'condense', question, sources: [], maxOutputTokens, temperature: 0 } as const
      const { text, usage } = await readQuery(model.stream(request, { signal }), signal)
      return { query: withoutQuotes(text), usage: usage ?? estimate(request, text) }
    },
  }
}

/** The built-in prompt for a stand-alone question. */
export function buildCondensePrompt({ turns, question }: CondensePromptInput): readonly Message[] {
  return [
    { role: 'system', content: INSTRUCTIONS },
    ...toMessages(turns),
    { role: 'user', content: `Rewrite this as one question that stands alone:\n${question}` },
  ]
}

const INSTRUCTIONS = [
  'You rewrite the last question of a conversation so that it can be understood and searched for without it.',
  'Put the names that it refers to in the place of words such as "it" or "that one", and change nothing else.',
  'Keep its language. Do not answer it. A question that stands alone already is repeated as it is.',
  'Reply with the question and nothing else.',
].join('\n')

async function readQuery(
  events: AsyncIterable<ChatModelEvent>,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly usage?: TokenUsage }> {
  const reader = abortable(events, signal)
  let text = ''
  try {
    for (;;) {
      const { done, value: event } = await reader.next()
      if (done) throw new ChatError('The model ended without saying so', { code: 'upstream-incomplete' })
      if (event.type === 'text') text += event.delta
      if (text.length > MAX_QUERY_CHARS) return { text }
      if (event.type === 'finish') return { text, ...(event.usage && { usage: event.usage }) }
    }
  } finally {
    await reader.return?.()
  }
}

function estimate({ messages }: ChatModelRequest, text: string): TokenUsage {
  return estimateUsage(
    messages.map(({ content }) => content),
    text,
    estimateTokens,
  )
}

function withoutQuotes(text: string): string {
  return text.trim().replace(/^["'“”„「『](.*)["'“”」』]$/su, '$1')
}
