import { type InvalidInputError, isInvalidInput, invalidInput } from '../core/vocabulary/invalid-input.ts'
import type * as z from 'zod'

/** One thing that is wrong with a request. */
export interface RequestIssue {
  /** The field that is wrong. */
  readonly field: string
  /** The reason, in safe words. */
  readonly message: string
}

/** The JSON body of a refused request. */
export interface BadRequestBody {
  /** The code of every refused request. */
  readonly code: 'invalid-input'
  /** The message of the first issue. */
  readonly message: string
  /** The field of the first issue. */
  readonly field: string
  /** The first ten issues. */
  readonly issues: readonly RequestIssue[]
}

/** The error of a refused request. It has a status, so that frameworks answer with that. */
export interface BadRequestError extends InvalidInputError {
  /** The first ten issues; `field` and `message` are those of the first one. */
  readonly issues: readonly RequestIssue[]
  /** Read by Express, Koa and NestJS. */
  readonly status: 400
  /** Read by Fastify, h3 and NestJS. */
  readonly statusCode: 400
  /** Tells Koa and NestJS that the client may read the message. */
  readonly expose: true
  /** Sent by h3 1, which sends no message. It is also the body of {@link BadRequestError.getResponse}. */
  readonly data: BadRequestBody
  /** Called by Hono. */
  getResponse(): Response
}

// A client may send any number of wrong fields, of any name.
const MOST_ISSUES = 10

const MOST_CHARS = 64

/** Creates the error of a request from the issues that zod found. */
export function toBadRequest(found: readonly z.core.$ZodIssue[]): BadRequestError {
  const refused = found.flatMap(toRefusals)
  const issues = refused.slice(0, MOST_ISSUES).map(({ field, message }) => ({ field, message }))
  const [first = invalidInput('body', 'Cannot use body: it is not valid')] = refused
  const { field, message } = first
  const data: BadRequestBody = { code: 'invalid-input', message, field, issues }
  const getResponse = (): Response => Response.json(data, { status: 400 })
  return Object.assign(first, { issues, status: 400, statusCode: 400, expose: true, data, getResponse } as const)
}

/** True if `value` is an error of `parseChatRequest`. */
export function isBadRequest(value: unknown): value is BadRequestError {
  return isInvalidInput(value) && 'getResponse' in value
}

function toRefusals(issue: z.core.$ZodIssue): readonly InvalidInputError[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.slice(0, MOST_ISSUES).map(unknownField)
  const thrown: unknown = issue.code === 'custom' ? issue.params?.['thrown'] : undefined
  if (isInvalidInput(thrown)) return [thrown]
  const field = issue.path.map(String).join('.').slice(0, MOST_CHARS) || 'body'
  return [invalidInput(field, `Cannot use ${field}: ${issue.message}`)]
}

function unknownField(name: string): InvalidInputError {
  const field = name.slice(0, MOST_CHARS)
  return invalidInput(field, `Cannot use the field ${JSON.stringify(field)}: remove it or check its spelling`)
}
