import * as z from 'zod'
import { takeQuestion, type ClientMessage, type ClientQuestion } from '../client-messages.ts'
import { parseBody } from '../parse-body.ts'
import { toJsonSchema } from '../to-json-schema.ts'

/** A request for a completion, as far as it is used. */
export interface CompletionRequest extends ClientQuestion {
  /** The name of the model. */
  readonly model: string
  /** True if the answer is streamed. */
  readonly stream: boolean
  /** True if the stream has a chunk with the usage. */
  readonly includeUsage: boolean
}

/**
 * Checks a body, and takes its last message as the question.
 *
 * @throws an error with `code: 'invalid-input'` that names the `field`
 */
export function parseRequest(body: unknown): CompletionRequest {
  const { model, messages, stream, stream_options: streamOptions } = parseBody(BODY, body)
  return {
    ...takeQuestion('messages', messages.flatMap(toClientMessage)),
    model,
    stream: stream ?? false,
    includeUsage: streamOptions?.include_usage ?? false,
  }
}

const TEXT_ONLY = 'this server reads text only; send a string or parts of type text'

const NO_TOOLS = 'this server calls no tools; leave it out'

const PART = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('refusal'), refusal: z.string() }),
])

const CONTENT = z.union([z.string(), z.array(PART)], { error: TEXT_ONLY })

const MESSAGE = z.discriminatedUnion(
  'role',
  [
    z.object({ role: z.enum(['system', 'developer', 'user']), content: CONTENT }),
    z.object({
      role: z.literal('assistant'),
      content: CONTENT.nullish(),
      tool_calls: absent(NO_TOOLS),
      function_call: absent(NO_TOOLS),
      audio: absent(TEXT_ONLY),
    }),
  ],
  { error: 'the role must be system, developer, user or assistant, because this server calls no tools' },
)

type ClientBodyMessage = z.infer<typeof MESSAGE>

// Other fields are ignored: the settings of the model belong to the application, and front ends send many. A field is
// refused if ignoring it would change the meaning of the answer.
const BODY = z.object({
  model: z.string().meta({ minLength: 1, description: 'One of the names that GET /models lists.' }),
  messages: z.array(MESSAGE).meta({ minItems: 1, maxItems: 500, description: 'The last one is the question.' }),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1, { error: 'this server gives one answer; send 1 or leave it out' }).nullish(),
  tool_choice: z
    .enum(['auto', 'none'], { error: 'this server calls no tools; send auto or none, or leave it out' })
    .nullish(),
  functions: absent(NO_TOOLS),
  function_call: z.enum(['auto', 'none'], { error: NO_TOOLS }).nullish(),
  response_format: z
    .object({ type: z.literal('text') }, { error: 'this server answers with text; send type text or leave it out' })
    .nullish(),
  modalities: z.array(z.literal('text', { error: 'this server answers with text only' })).nullish(),
  audio: absent('this server answers with text only; leave it out'),
  logprobs: z.literal(false, { error: 'this server has no probabilities; leave it out' }).nullish(),
})

/** JSON Schema of the body, for the OpenAPI document. */
export function requestSchema(): Readonly<Record<string, unknown>> {
  return toJsonSchema(BODY)
}

/** Accepts `null` and an empty list, which many clients send for an absent value. */
function absent(error: string) {
  return z.union([z.null(), z.tuple([])], { error }).optional()
}

// Instructions belong to the application: a client must not change them.
function toClientMessage(message: ClientBodyMessage): readonly ClientMessage[] {
  if (message.role === 'system' || message.role === 'developer') return []
  return [{ role: message.role, content: toText(message.content) }]
}

function toText(content: z.infer<typeof CONTENT> | null | undefined): string {
  if (typeof content === 'string') return content
  return (content ?? []).flatMap((part) => ('text' in part ? [part.text] : [])).join('\n')
}
