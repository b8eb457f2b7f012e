import * as z from 'zod'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { takeQuestion, type ClientMessage } from '../client-messages.ts'
import { parseBody } from '../parse-body.ts'
import { quoted } from '../quoted.ts'
import { textOfParts } from '../text-of-parts.ts'
import { toJsonSchema } from '../to-json-schema.ts'
import type { AskedMessage } from './find-replaced.ts'

/** A checked request for an answer. */
export interface AiSdkRequest extends AskedMessage {
  /** The chat, which is the conversation. */
  readonly chatId: string | undefined
  /** The run, if the client names it. */
  readonly runId: string | undefined
  /** A filter of the search. */
  readonly filter: unknown
  /** The earlier messages as the client has them. */
  readonly messages: readonly ClientMessage[]
}

// Created by the first dialect, because a page that takes only the transport does not need it.
let schema: ReturnType<typeof createSchema> | undefined

// Loose: users add fields to the body and to their messages, and so do the layers above the AI SDK.
function createSchema() {
  const message = z.looseObject({
    id: z.string().nullish(),
    role: z.enum(['user', 'assistant', 'system']),
    parts: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  })
  // Checked here, so that an error has the name that the client knows.
  const chatId = z
    .string()
    .min(1)
    .max(256)
    .refine((id) => id !== '.' && id !== '..', 'a URL cannot contain this id')
  return z.looseObject({
    id: chatId.nullish().meta({ description: 'The chat, which is the conversation.' }),
    messages: z.array(message).optional().meta({ description: 'The messages of the page, the question last.' }),
    message: message.optional().meta({ description: 'The question alone, in place of `messages`.' }),
    trigger: z.enum(['submit-message', 'regenerate-message']).nullish(),
    messageId: z.string().nullish().meta({ description: 'The message to answer again, or the edited question.' }),
    runId: z.string().nullish().meta({ description: 'The run, a UUID; a repeated request gets the same answer.' }),
    filter: z.unknown().optional().meta({ description: 'Restricts the chunks that may be found.' }),
    tools: z.unknown().optional().meta({ description: 'Must be empty: this chat calls no tools of the page.' }),
  })
}

type Body = z.infer<ReturnType<typeof createSchema>>
type Message = NonNullable<Body['message']>

/** Returns JSON Schema of the body, for the OpenAPI document. */
export function requestSchema(): Readonly<Record<string, unknown>> {
  return toJsonSchema((schema ??= createSchema()))
}

/**
 * Checks the body of a request.
 *
 * @throws an error with `code: 'invalid-input'` that names the field
 */
export function parseRequest(input: unknown): AiSdkRequest {
  const { id, trigger, messageId, runId, filter, tools, ...body } = parseBody((schema ??= createSchema()), input)
  expectNoTools(tools)
  const sent = messagesOf(body)
  const spoken = sent.filter(({ role }) => role !== 'system')
  const last = spoken.at(-1)
  if (last?.role === 'user') expectText(last)
  const { question, messages } = takeQuestion('messages', spoken.flatMap(toClientMessage))
  return {
    question,
    messages,
    chatId: id ?? undefined,
    trigger: trigger ?? undefined,
    messageId: messageId ?? undefined,
    runId: runId ?? undefined,
    filter: filter ?? undefined,
    answerIds: body.messages && spoken.flatMap(({ role, id }) => (role === 'assistant' && id ? [id] : [])),
  }
}

function expectNoTools(tools: unknown): void {
  const isEmpty = typeof tools !== 'object' || tools === null || Object.keys(tools).length === 0
  if (!isEmpty) throw invalidInput('tools', 'Cannot use tools: this chat calls no tools of the page; remove them')
}

function messagesOf({ messages, message }: Pick<Body, 'messages' | 'message'>): readonly Message[] {
  if (messages) return messages
  if (message) return [message]
  throw invalidInput('messages', 'Cannot use messages: send messages, or the last one as message')
}

function toClientMessage({ role, parts }: Message): readonly ClientMessage[] {
  if (role === 'system') return []
  return [{ role, content: textOfParts(parts) }]
}

/** Refuses a question with a file or an image. Earlier messages may have parts of any type: only their text is used. */
function expectText({ parts }: Message): void {
  const other = parts.find(({ type }) => type !== 'text' && !type.startsWith('data-'))
  if (!other) return
  const message = `Cannot use a part of the type ${quoted(other.type)}: a question is text; remove the part`
  throw invalidInput('messages', message)
}
