import * as z from 'zod'
import { ignoreRejection } from '../core/async/iterators.ts'
import { invalidInput, isInvalidInput, type InvalidInputError } from '../core/vocabulary/invalid-input.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { cleanQuestion, booleanOption, countOption, expectId } from '../core/options/validate.ts'

/** A request as a client sends it, checked: spread it into the options of `streamChat`. */
export interface ChatRequest {
  readonly question: string
  readonly threadId?: string
  /** Chosen by the client, so that it can name the run before the first byte has come back. */
  readonly runId?: string
  /** The run whose turn this one takes the place of; only where it was asked for. */
  readonly replaces?: string
  /** What the schema made of it; only where a schema was given. */
  readonly filter?: unknown
}

/** A schema of any library that follows https://standardschema.dev, such as zod, valibot and arktype. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>
  }
}

/** What a {@link StandardSchema} comes to. */
export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** What is wrong with a value, and where. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** How {@link parseChatRequest} checks. */
export interface ParseChatRequestOptions {
  /** In UTF-16 code units. @defaultValue 32768 */
  readonly maxQuestionChars?: number | undefined
  /** True if `replaces` may be sent: where a history is kept. @defaultValue false */
  readonly replaces?: boolean | undefined
  /** What `filter` may be; it must answer at once. Without it, a filter is refused. */
  readonly filter?: StandardSchema | undefined
}

/** One thing that is wrong with a request. */
export interface RequestIssue {
  readonly field: string
  readonly message: string
}

/** The part of an error that the client of a refused request may read. */
export interface BadRequestBody {
  readonly code: 'invalid-input'
  readonly message: string
  readonly field: string
  readonly issues: readonly RequestIssue[]
}

/** A request that is refused: it says so in the words of HTTP, too, so that frameworks answer with its status. */
export interface BadRequestError extends InvalidInputError {
  /** Everything that is wrong, the first ten of it; `field` and `message` are those of the first. */
  readonly issues: readonly RequestIssue[]
  /** Read by Express, Koa and NestJS. */
  readonly status: 400
  /** Read by Fastify, h3 and NestJS. */
  readonly statusCode: 400
  /** Says to Koa and NestJS that the client may read the message. */
  readonly expose: true
  /** Sent by h3 1, which sends no message. It is the body of {@link BadRequestError.getResponse}, too. */
  readonly data: BadRequestBody
  /** Called by Hono. */
  getResponse(): Response
}

/**
 * Checks the parsed JSON body of a chat request. Lone surrogates in the question are repaired.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'`, the `field`, all `issues`, and status 400
 *
 * @example
 * ```ts
 * import { parseChatRequest } from 'ragwire/server'
 * const request = parseChatRequest({ question: 'How long can I return an item?' })
 * ```
 */
export function parseChatRequest(body: unknown, options?: ParseChatRequestOptions): ChatRequest {
  if (options === undefined) return checkChatRequest(body, DEFAULT_SCHEMA)
  expectOptions(options, OPTIONS, { of: 'parseChatRequest' })
  return checkChatRequest(body, chatRequestSchema(options))
}

/** What makes a request of a body. */
export type ChatRequestSchema = z.ZodType<ChatRequest>

/** Checks a body with a schema that was made before: making it costs more than using it. Throws as {@link parseChatRequest}. */
export function checkChatRequest(body: unknown, schema: ChatRequestSchema): ChatRequest {
  const { data, error } = schema.safeParse(body)
  if (!error) return data
  throw toBadRequest(error.issues.flatMap(toRefusals))
}

/**
 * Makes the schema of a body. It is strict, because a field that is ignored is a wish that is ignored: the client must
 * hear of it.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field` for a wrong option
 */
export function chatRequestSchema({ filter, ...options }: ParseChatRequestOptions = {}): ChatRequestSchema {
  const replaces = booleanOption('replaces', options.replaces, false)
  const maxQuestionChars = countOption('maxQuestionChars', options.maxQuestionChars, 32_768)
  const maxLength = maxQuestionChars < Infinity && { maxLength: maxQuestionChars }
  const fields = z.strictObject({
    question: z
      .string()
      .meta({ minLength: 1, ...maxLength, description: 'Its length is counted in UTF-16 code units.' })
      .transform(checked((question) => cleanQuestion(question, maxQuestionChars))),
    threadId: idSchema('threadId', 'The conversation; one that is not there yet begins.'),
    runId: z.uuid().meta({ description: 'A run that is asked for twice answers once.' }).optional(),
    ...(replaces && { replaces: idSchema('replaces', 'The run whose turn this one takes the place of.') }),
    ...(filter && { filter: filterSchema(filter) }),
  })
  return fields.transform(toChatRequest)
}

interface Fields {
  readonly question: string
  readonly threadId?: string | undefined
  readonly runId?: string | undefined
  // A string, where it is one of the fields.
  readonly replaces?: unknown
  readonly filter?: unknown
}

function toChatRequest({ question, threadId, runId, replaces, filter }: Fields): ChatRequest {
  return {
    question,
    ...(threadId !== undefined && { threadId }),
    ...(runId !== undefined && { runId }),
    ...(typeof replaces === 'string' && { replaces }),
    ...(filter !== undefined && { filter }),
  }
}

function idSchema(field: string, description: string) {
  return z
    .string()
    .meta({ minLength: 1, maxLength: 256, description })
    .transform(checked((id) => expectNameable(field, id)))
    .optional()
}

function expectNameable(field: string, id: string): string {
  // A URL takes them as steps between folders, so that no path leads to such an id.
  if (id === '.' || id === '..') throw invalidInput(field, `Cannot use the ${field} ${id}: no URL can name it`)
  return expectId(field, id) ?? id
}

function filterSchema(schema: StandardSchema) {
  return z
    .unknown()
    .meta({ description: 'What may be found; the application says what it looks like.' })
    .transform((value, context) => {
      const result = schema['~standard'].validate(value)
      if (result instanceof Promise) {
        ignoreRejection(result)
        throw new Error('Cannot use a filter schema that answers later')
      }
      if (!result.issues) return result.value
      for (const { message, path = [] } of result.issues) {
        const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment))
        context.addIssue({ code: 'custom', message, path: keys })
      }
      return z.NEVER
    })
    .optional()
}

/** A check of ours, which throws, as one of zod's. */
function checked<T>(check: (value: T) => T) {
  return (value: T, context: z.core.$RefinementCtx): T => {
    try {
      return check(value)
    } catch (thrown) {
      if (!isInvalidInput(thrown)) throw thrown
      context.addIssue({ code: 'custom', message: thrown.message, params: { thrown } })
      return z.NEVER
    }
  }
}

const OPTIONS: OptionNames<ParseChatRequestOptions> = { maxQuestionChars: true, replaces: true, filter: true }

const DEFAULT_SCHEMA = chatRequestSchema()

// A client may send any number of wrong fields, of any name.
const MOST_ISSUES = 10
const MOST_CHARS = 64

function toRefusals(issue: z.core.$ZodIssue): readonly InvalidInputError[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.slice(0, MOST_ISSUES).map(unknownField)
  const thrown: unknown = issue.code === 'custom' ? issue.params?.['thrown'] : undefined
  if (isInvalidInput(thrown)) return [thrown]
  const field = issue.path.map(String).join('.').slice(0, MOST_CHARS) || 'body'
  return [invalidInput(field, `Cannot use ${field}: ${issue.message}`)]
}

function unknownField(name: string): InvalidInputError {
  const field = name.slice(0, MOST_CHARS)
  return invalidInput(field, `Cannot use the field ${JSON.stringify(field)}: it is not known here`)
}

function toBadRequest(refused: readonly InvalidInputError[]): BadRequestError {
  const issues = refused.slice(0, MOST_ISSUES).map(({ field, message }) => ({ field, message }))
  const [first = invalidInput('body', 'Cannot use body: it is not valid')] = refused
  const { field, message } = first
  const data: BadRequestBody = { code: 'invalid-input', message, field, issues }
  const getResponse = (): Response => Response.json(data, { status: 400 })
  return Object.assign(first, { issues, status: 400, statusCode: 400, expose: true, data, getResponse } as const)
}

/** True if `value` is what {@link parseChatRequest} refuses with. */
export function isBadRequest(value: unknown): value is BadRequestError {
  return isInvalidInput(value) && 'getResponse' in value
}
