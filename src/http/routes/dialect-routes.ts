import { askToReturn, ignoreRejection } from '../../core/async/iterators.ts'
import { callHook } from '../../core/observe/call-hook.ts'
import { isRecord } from '../../core/options/plain-object.ts'
import { toChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { isInvalidInput } from '../../core/vocabulary/invalid-input.ts'
import { isBadRequest } from '../../dialects/bad-request.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import type { DialectAnswer, DialectRoute } from '../../dialects/dialect-route.ts'
import { TEXT_HEADERS } from '../../encoders/headers.ts'
import type { Call } from '../call.ts'
import type { ChatAnswer, WholeAnswer } from '../chat-answer.ts'
import { createDialectCall } from '../dialect-call.ts'
import { HttpError, toFailure, type RequestFailure } from '../http-error.ts'
import { readJson } from '../read-json.ts'
import type { RoutedDialect } from '../resolve-dialects.ts'
import { empty, json, whole, type Respond } from '../respond.ts'
import { answerIn, streamRun } from './chat.ts'
import type { HeldForm } from './hold-answer.ts'

/** A route of a dialect, with its name. */
export type NamedRoute = readonly [name: string, answer: (call: Call) => Promise<ChatAnswer>]

/** Returns the routes of a dialect with their names, such as `POST /v1/ask`. */
export function routesOf(dialect: RoutedDialect): readonly NamedRoute[] {
  if (dialect.routes === undefined) return [[`POST ${dialect.path}`, answerAtPath(dialect)]]
  return dialect.routes.map((route) => [`${route.method} ${route.path}`, answerRoute(route, dialect)])
}

/** The route of a dialect with a `path`: one question, and the answer in this dialect. */
function answerAtPath(dialect: Dialect): (call: Call) => Promise<ChatAnswer> {
  const form: HeldForm = {
    dialect,
    answerFailure: (thrown, ids) => encodeFailed(dialect, toFailure(thrown, ids)),
  }
  return (call) =>
    encodingFailures(dialect, call, async () => answerIn(form, await readChatRequest(call, dialect), call))
}

function answerRoute(route: DialectRoute, dialect: Dialect): (call: Call) => Promise<ChatAnswer> {
  return (call) =>
    encodingFailures(dialect, call, async (onRunFailed) => {
      const readers: AsyncIterable<ChatEvent>[] = []
      const onReader = (reader: AsyncIterable<ChatEvent>): void => void readers.push(reader)
      // A stream and a `Response` read after this.
      let readsLater = false
      try {
        const answer = await route.answer(createDialectCall(call, { onRunFailed, onReader }))
        const converted = toChatAnswer(answer, call)
        readsLater = converted.type !== 'whole'
        return converted
      } finally {
        if (!readsLater) readers.forEach(leave)
      }
    })
}

/** Makes a reader leave its run if the route has not read it: otherwise it would count as a reader for ever. */
function leave(reader: AsyncIterable<ChatEvent>): void {
  try {
    askToReturn(reader[Symbol.asyncIterator]())
  } catch {
    // The route reads it or has read it, and can be read only once.
  }
}

/** Answers, and gives a failure the form of the dialect. */
async function encodingFailures(
  dialect: Dialect,
  call: Call,
  answer: (onRunFailed: (error: unknown) => void) => Promise<ChatAnswer>,
): Promise<ChatAnswer> {
  // Its run has reported it with its cause.
  let reported: unknown
  try {
    return await answer((error) => (reported = error))
  } catch (thrown) {
    if (!dialect.encodeFailure || thrown instanceof Response || call.signal.aborted) throw toRefusal(thrown)
    const failure = toFailure(toRefusal(thrown))
    if (failure.status >= 500 && thrown !== reported) callHook(call.options.onError, toChatError(thrown))
    return encodeFailed(dialect, failure)
  }
}

/** Gives a failure the form of the dialect, or the native one if the dialect has none of its own. */
function encodeFailed({ encodeFailure }: Dialect, { status, headers, body }: RequestFailure): WholeAnswer {
  return withBody(encodeFailure ? encodeFailure({ status, ...body }) : body, { status, headers })
}

function toRefusal(thrown: unknown): unknown {
  return isInvalidInput(thrown) && !isBadRequest(thrown) ? new HttpError(400, thrown.field, thrown.message) : thrown
}

function toChatAnswer(answer: DialectAnswer, call: Call): ChatAnswer {
  if (answer instanceof Response) return { type: 'response', response: answer }
  if ('events' in answer) return streamRun(answer.events, answer.encoding, call)
  const { body, ...respond } = answer
  if (body === undefined) return emptyWith(respond)
  return withBody(body, respond)
}

function withBody(body: object | string, respond: Respond): WholeAnswer {
  if (typeof body !== 'string') return json(body, respond)
  return whole(body, { ...respond, headers: { ...TEXT_HEADERS, ...respond.headers } })
}

function emptyWith({ status = 204, headers }: Respond): WholeAnswer {
  const answer = empty(status)
  for (const [name, value] of Object.entries(headers ?? {})) answer.headers.set(name, value)
  return answer
}

/** Reads the body, and converts the body of a dialect to a native one. */
async function readChatRequest(call: Call, dialect: Dialect): Promise<unknown> {
  const body = await readJson(call)
  return dialect.request ? withoutAbsent(dialect.request.toChatRequest(body)) : body
}

/**
 * Leaves out the fields that are undefined, as JSON does. Throws for a promise, which would look like a body without a
 * question.
 */
function withoutAbsent(request: unknown): unknown {
  if (!isRecord(request)) return request
  if (request instanceof Promise) {
    ignoreRejection(request)
    throw new TypeError('toChatRequest of a dialect must return the request at once, and it returned a promise')
  }
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
}
