import type { StandardSchema } from './standard-schema.ts'
import { parseBody } from './parse-body.ts'
import { checked } from './checked.ts'
import * as z from 'zod'
import { ignoreRejection } from '../core/async/iterators.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { cleanQuestion, expectId } from '../core/options/validate.ts'
import { booleanOption, countOption } from '../core/options/options-with-defaults.ts'

/** A validated request of a client: spread it into the options of `streamChat`. */
export interface ChatRequest {
  /** The question, with unpaired surrogates repaired. */
  readonly question: string
  /** The conversation. */
  readonly threadId?: string
  /** The run. The client chooses it, so that it knows the id before the first byte of the answer. */
  readonly runId?: string
  /** The run whose turn this one replaces; absent unless the client sends it. */
  readonly replaces?: string
  /** The result of the filter schema; absent without one. */
  readonly filter?: unknown
}

/** Options of {@link parseChatRequest}. */
export interface ParseChatRequestOptions {
  /** Maximum length of the question, in UTF-16 code units. @defaultValue 32768 */
  readonly maxQuestionChars?: number | undefined
  /** True if `replaces` is allowed, which needs a history. @defaultValue false */
  readonly replaces?: boolean | undefined
  /** The schema of `filter`; it must be synchronous. @defaultValue none: a filter is refused */
  readonly filter?: StandardSchema | undefined
}

/**
 * Checks the parsed JSON body of a chat request. Unpaired surrogates in the question are repaired.
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

/** The schema that converts a body to a request. */
export type ChatRequestSchema = z.ZodType<ChatRequest>

/** Checks a body with a schema that is created once, because that is slow. Throws like {@link parseChatRequest}. */
export function checkChatRequest(body: unknown, schema: ChatRequestSchema): ChatRequest {
  return parseBody(schema, body)
}

/**
 * Creates the schema of a body. Unknown fields are rejected, so that typos are noticed.
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
    threadId: idSchema('threadId', 'The conversation; an unknown id begins a new one.'),
    runId: z
      .uuid()
      .meta({ description: 'The run; a repeated request gets the answer of the existing run.' })
      .optional(),
    ...(replaces && { replaces: idSchema('replaces', 'The run whose turn this one replaces.') }),
    ...(filter && { filter: filterSchema(filter) }),
  })
  return fields.transform(toChatRequest)
}

interface Fields {
  readonly question: string
  readonly threadId?: string | undefined
  readonly runId?: string | undefined
  // A string if it is allowed.
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
  // A URL resolves them as steps between folders, so no path can contain such an id.
  if (id === '.' || id === '..') throw invalidInput(field, `Cannot use the ${field} ${id}: a URL cannot contain it`)
  return expectId(field, id) ?? id
}

function filterSchema(schema: StandardSchema) {
  return z
    .unknown()
    .meta({ description: 'Restricts the chunks that may be found; the application defines its schema.' })
    .transform((value, context) => {
      const result = schema['~standard'].validate(value)
      if (result instanceof Promise) {
        ignoreRejection(result)
        throw new Error('Cannot use an asynchronous filter schema: its validate() returned a promise')
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

const OPTIONS: OptionNames<ParseChatRequestOptions> = { maxQuestionChars: true, replaces: true, filter: true }

const DEFAULT_SCHEMA = chatRequestSchema()
