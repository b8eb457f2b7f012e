import * as z from 'zod'
import { isRecord } from '../../core/options/plain-object.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { MAX_CLIENT_MESSAGES, takeQuestion, type ClientMessage } from '../client-messages.ts'
import { parseBody } from '../parse-body.ts'
import { isTextPart, textOfParts } from '../text-of-parts.ts'
import { toJsonSchema } from '../to-json-schema.ts'

/** The parts of a `RunAgentInput` that are used. */
export interface AgUiRequest {
  /** The thread. */
  readonly threadId: string
  /** The run, as the client names it. */
  readonly runId: string
  /** The text of the last message. */
  readonly question: string
  /** The user and assistant messages before it, as the client has them. */
  readonly messages: readonly ClientMessage[]
  /** The id of the last assistant message; absent if there is none. */
  readonly lastAnswerId?: string | undefined
  /** True if the question follows directly on that message, or on nothing. */
  readonly followsAnswer: boolean
  /** True for a client of version 1 of the protocol. */
  readonly knowsOutcome: boolean
  /** `filter` of the forwarded properties. */
  readonly filter?: unknown
}

// Clients send further fields with every message, and state, context and tools with every request. They are ignored.
const MESSAGE = z.looseObject({
  id: z.string().optional(),
  role: z.string(),
  content: z.unknown().optional().meta({ description: 'A string, or a list of parts of type text.' }),
  toolCalls: z.array(z.unknown()).max(0, 'this server calls no tools; send a conversation without them').optional(),
})

type AgUiMessage = z.infer<typeof MESSAGE>

const RUN_AGENT_INPUT = z.looseObject({
  threadId: z.string().min(1).max(256),
  runId: z.string().min(1).max(256).meta({ description: 'A repeated request gets the answer of the existing run.' }),
  messages: z.array(MESSAGE).meta({ description: `The last one is the question; at most ${MAX_CLIENT_MESSAGES}.` }),
  protocolVersion: z
    .string()
    .regex(/^1\.\d+(?:\.\d+)?$/u, 'this server speaks version 1 of the protocol')
    .optional(),
  resume: z.array(z.unknown()).max(0, 'this server never interrupts a run, so there is nothing to resume').optional(),
  forwardedProps: z.unknown().optional().meta({ description: 'Its `filter` restricts the chunks that may be found.' }),
})

/** Returns JSON Schema of the body, for the OpenAPI document. */
export function requestSchema(): Readonly<Record<string, unknown>> {
  return toJsonSchema(RUN_AGENT_INPUT)
}

/**
 * Checks the body of a request.
 *
 * @throws an error with `code: 'invalid-input'` that names the field
 */
export function parseRequest(body: unknown): AgUiRequest {
  const { threadId, runId, messages, protocolVersion, forwardedProps } = parseBody(RUN_AGENT_INPUT, body)
  const indexed = messages.map((message, index) => ({ message, index }))
  const last = indexed.findLast(({ message }) => isSpoken(message))
  if (last?.message.role === 'user') expectTextOnly(last.message, last.index)
  const spoken = indexed.map(({ message, index }) => toSpoken(message, index)).filter((item) => item !== undefined)
  const earlier = spoken.slice(0, -1)
  const filter = isRecord(forwardedProps) ? forwardedProps['filter'] : undefined
  return {
    ...takeQuestion('messages', spoken),
    threadId,
    runId,
    lastAnswerId: earlier.findLast(({ role }) => role === 'assistant')?.id,
    followsAnswer: earlier.at(-1)?.role !== 'user',
    knowsOutcome: protocolVersion !== undefined,
    ...(filter !== undefined && { filter }),
  }
}

interface SpokenMessage extends ClientMessage {
  readonly id?: string | undefined
}

function isSpoken({ role }: AgUiMessage): boolean {
  return role === 'user' || role === 'assistant'
}

/** Returns `undefined` for a message of another role: instructions, reasoning and activities are left out. */
function toSpoken({ id, role, content }: AgUiMessage, index: number): SpokenMessage | undefined {
  if (role === 'tool') {
    const field = `messages.${index}.role`
    throw invalidInput(field, `Cannot use ${field} tool: this server calls no tools; send a conversation without them`)
  }
  if (role !== 'user' && role !== 'assistant') return undefined
  return { id, role, content: textOf(content) }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return textOfParts(content)
}

function expectTextOnly({ content }: AgUiMessage, index: number): void {
  if (typeof content === 'string') return
  const field = `messages.${index}.content`
  if (!Array.isArray(content)) throw invalidInput(field, `Cannot use ${field}: it must be a string or a list of parts`)
  const at = content.findIndex((part) => !isTextPart(part))
  if (at < 0) return
  const part = `${field}.${at}`
  throw invalidInput(part, `Cannot use ${part}: a question is text; send parts of type text, without images and files`)
}
