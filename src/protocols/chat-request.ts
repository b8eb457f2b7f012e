import * as z from 'zod'
import { invalidInput, type InvalidInputError } from '../core/errors.ts'
import { cleanQuestion, expectCount, expectId } from '../core/validate.ts'

/** A request as a client sends it, checked: spread it into the options of `streamChat`. */
export interface ChatRequest {
  readonly question: string
  readonly threadId?: string
  /** Chosen by the client, so that it can name the run before the first byte has come back. */
  readonly runId?: string
}

/** How {@link parseChatRequest} checks. */
export interface ParseChatRequestOptions {
  /** In UTF-16 code units. @defaultValue 32768 */
  readonly maxQuestionChars?: number
}

/** A request that is refused: it says so in the words of HTTP, too, so that frameworks answer with its status. */
export interface BadRequestError extends InvalidInputError {
  /** Read by Express and Koa. */
  readonly status: 400
  /** Read by Fastify. */
  readonly statusCode: 400
  /** Called by Hono. */
  getResponse(): Response
}

// Strict, because a field that is ignored is a wish that is ignored: the client must hear of it.
const schema = z.strictObject({
  question: z.string(),
  threadId: z.string().optional(),
  runId: z.uuid().optional(),
})

/**
 * Checks the parsed JSON body of a chat request. Lone surrogates in the question are repaired.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'`, the `field`, and status 400
 *
 * @example
 * ```ts
 * import { parseChatRequest } from 'ragwire/server'
 * const request = parseChatRequest({ question: 'How long can I return an item?' })
 * ```
 */
export function parseChatRequest(body: unknown, options: ParseChatRequestOptions = {}): ChatRequest {
  const maxQuestionChars = expectCount('maxQuestionChars', options.maxQuestionChars, 32_768)
  try {
    return checkRequest(body, maxQuestionChars)
  } catch (thrown) {
    throw asBadRequest(thrown)
  }
}

function checkRequest(body: unknown, maxQuestionChars: number): ChatRequest {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw fromIssue(parsed.error.issues[0])
  const question = cleanQuestion(parsed.data.question, maxQuestionChars)
  const threadId = expectId('threadId', parsed.data.threadId)
  const { runId } = parsed.data
  return { question, ...(threadId !== undefined && { threadId }), ...(runId !== undefined && { runId }) }
}

function fromIssue(issue: z.core.$ZodIssue | undefined): InvalidInputError {
  if (issue?.code === 'unrecognized_keys') {
    // The client named it, at any length.
    const field = issue.keys[0]?.slice(0, 64) ?? 'body'
    return invalidInput(field, `Cannot use the field ${JSON.stringify(field)}: it is not known here`)
  }
  const field = issue?.path.map(String).join('.') || 'body'
  return invalidInput(field, `Cannot use ${field}: ${issue?.message ?? 'it is not valid'}`)
}

function asBadRequest(thrown: unknown): unknown {
  if (!(thrown instanceof Error && 'field' in thrown)) return thrown
  const { message } = thrown
  const { field } = thrown
  const getResponse = (): Response => Response.json({ code: 'invalid-input', field, message }, { status: 400 })
  return Object.assign(thrown, { status: 400, statusCode: 400, getResponse })
}
