import { SUPPORTS, type CheckedCitation } from '../vocabulary/citations.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import { isErrorCode } from '../vocabulary/error-codes.ts'
import { FINISH_REASONS, type ChatResult, type Query, type ResultError, type Timings } from '../vocabulary/result.ts'
import { type Warning, isWarningCode } from '../vocabulary/warnings.ts'
import { MAX_JSON_DEPTH } from './max-json-depth.ts'
import { isPlainObject } from './plain-object.ts'
import type { Source, SourceLocation } from '../vocabulary/sources.ts'
import type { TextRange } from '../vocabulary/text-range.ts'
import type { TokenUsage, Usage } from '../vocabulary/usage.ts'

/**
 * Checks that a result can be read back. It has the same rules as the schema of the stored record, so that no stored
 * result makes its thread unreadable.
 *
 * @throws ChatError `internal` that names the field
 */
export function expectStorable(result: ChatResult): void {
  const flaw = RESULT(result)
  if (flaw === undefined) return
  throw new ChatError(`Cannot store the result: its ${flaw.slice(1)} could not be read back`, { code: 'internal' })
}

/** Returns the path of the first invalid value, such as `.sources[0].title`; `undefined` if all are valid. */
type Check = (value: unknown) => string | undefined

const HERE = ''

function when(isGood: (value: unknown) => boolean): Check {
  return (value) => (isGood(value) ? undefined : HERE)
}

function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value))
}

function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return HERE
    for (let index = 0; index < value.length; index++) {
      const flaw = check(value[index])
      if (flaw !== undefined) return `[${index}]${flaw}`
    }
    return undefined
  }
}

/** Requires a check for each field, so that a new field of the type does not compile without one. */
function objectOf<T extends object>(fields: { readonly [Field in keyof T]-?: Check }): Check {
  const checks = Object.entries<Check>(fields)
  return (value) => {
    if (!isObject(value)) return HERE
    for (const [field, check] of checks) {
      const flaw = check(value[field])
      if (flaw !== undefined) return `.${field}${flaw}`
    }
    return undefined
  }
}

/** Returns true for a plain object without `toJSON`: JSON reads only such an object back unchanged. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlainObject(value) && !(typeof value['toJSON'] === 'function')
}

function oneOf(words: readonly string[]): Check {
  return when((value) => words.some((word) => word === value))
}

function json(value: unknown, depth: number): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    return undefined
  }
  if (!(Array.isArray(value) || isObject(value)) || depth === 0) return HERE
  for (const [key, inner] of Object.entries(value)) {
    const flaw = json(inner, depth - 1)
    if (flaw !== undefined) return `.${key}${flaw}`
  }
  return undefined
}

const TEXT = when((value) => typeof value === 'string')
const NUMBER = when(Number.isFinite)
const FLAG = when((value) => typeof value === 'boolean')

const RANGE = objectOf<TextRange>({ start: NUMBER, end: NUMBER })
const SOURCE = objectOf<Source>({
  number: NUMBER,
  sourceId: TEXT,
  documentId: TEXT,
  chunkId: TEXT,
  title: TEXT,
  section: optional(listOf(TEXT)),
  verbatimEnd: optional(NUMBER),
  url: optional(TEXT),
  text: TEXT,
  score: optional(NUMBER),
  location: optional(
    objectOf<SourceLocation>({ page: optional(NUMBER), start: optional(NUMBER), end: optional(NUMBER) }),
  ),
  revision: optional(TEXT),
  // The object of all metadata is one more level around the values.
  metadata: (value) => (isObject(value) ? json(value, MAX_JSON_DEPTH + 1) : HERE),
})
const CITATION = objectOf<CheckedCitation>({
  index: NUMBER,
  number: NUMBER,
  sourceId: TEXT,
  start: NUMBER,
  end: NUMBER,
  claim: optional(RANGE),
  support: optional(oneOf(SUPPORTS)),
  reasons: optional(listOf(TEXT)),
  passage: optional(RANGE),
})
const TOKENS = {
  inputTokens: NUMBER,
  outputTokens: NUMBER,
  totalTokens: NUMBER,
  estimated: optional(when((value) => value === true)),
}
const PHASE = optional(objectOf<TokenUsage>(TOKENS))
const STAGE = optional(NUMBER)
const RESULT = objectOf<ChatResult>({
  finishReason: oneOf(FINISH_REASONS),
  error: optional(objectOf<ResultError>({ code: when(isErrorCode), message: TEXT })),
  answer: TEXT,
  sources: listOf(SOURCE),
  citations: listOf(CITATION),
  query: optional(objectOf<Query>({ question: TEXT, query: TEXT, condensed: FLAG })),
  warnings: listOf(objectOf<Warning>({ code: when(isWarningCode), message: TEXT })),
  usage: objectOf<Usage>({
    ...TOKENS,
    phases: objectOf<Usage['phases']>({ condensing: PHASE, generating: PHASE }),
  }),
  timings: objectOf<Timings>({
    condensed: STAGE,
    retrieved: STAGE,
    reranked: STAGE,
    firstToken: STAGE,
    generated: STAGE,
    total: NUMBER,
  }),
  saved: FLAG,
})
