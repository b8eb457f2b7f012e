import type { Dialect } from '../dialect.ts'
import type { DialectAnswer, DialectCall, DialectFailure } from '../dialect-route.ts'
import type { Encoding } from '../encoding.ts'
import { parseBody } from '../parse-body.ts'
import { SSE_ENCODING } from '../sse-encoding.ts'
import { createEncoder } from './encode.ts'
import { OPERATIONS, type ChatKitCall } from './operations.ts'
import { resolveOptions, type ChatKitOptions, type ResolvedChatKitOptions } from './options.ts'
import { readType, REQUEST_SCHEMAS, requestSchema, type RequestType } from './request.ts'

/**
 * Creates the dialect of OpenAI's ChatKit, for `createChatHandler({ dialects })`: the one URL that the web component calls
 * as its custom server. It needs a history; without one, each request is answered with 501. As the `format` of a sink, it
 * writes only the answer.
 *
 * @experimental It may change until 1.0.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field` for a wrong option
 *
 * @example
 * ```ts
 * import { memoryHistoryStore } from 'ragwire'
 * import { chatkit } from 'ragwire/chatkit'
 * import { extractiveChatModel, localRetriever } from 'ragwire/local'
 * import { createChatHandler } from 'ragwire/server'
 *
 * const handler = createChatHandler({
 *   retriever: localRetriever([{ documentId: 'returns', text: 'Unused items can be returned within thirty days.' }]),
 *   model: extractiveChatModel(),
 *   history: memoryHistoryStore(),
 *   scope: () => 'everybody',
 *   dialects: [chatkit()],
 * })
 * ```
 */
export function chatkit(options?: ChatKitOptions): Dialect {
  const resolved = resolveOptions(options)
  const encoding: Encoding = {
    name: 'chatkit',
    ...SSE_ENCODING,
    open: () => createEncoder(resolved),
  }
  return {
    ...encoding,
    schema: { type: 'string', description: 'Each `data` is a `ThreadStreamEvent` of ChatKit.' },
    routes: [
      {
        method: 'POST',
        path: resolved.path,
        summary: 'Serves the web component of OpenAI ChatKit: questions are streamed, all else is a JSON object',
        request: requestSchema(),
        answer: (call) => answerRequest(call, { encoding, options: resolved }),
      },
    ],
    encodeFailure: toErrorEvent,
  }
}

interface Settings {
  readonly encoding: Encoding
  readonly options: ResolvedChatKitOptions
}

async function answerRequest(call: DialectCall, settings: Settings): Promise<DialectAnswer> {
  const body = await call.readJson()
  const type = readType(body)
  const { history } = call
  if (!history) return NO_HISTORY
  return answerTyped(type, body, { ...settings, call, history })
}

async function answerTyped<T extends RequestType>(type: T, body: unknown, call: ChatKitCall): Promise<DialectAnswer> {
  const { params } = parseBody(REQUEST_SCHEMAS[type], body)
  return OPERATIONS[type](call, params)
}

/** Converts a failure to the only form that ChatKit has for one: the event `error`. */
function toErrorEvent({ message, retryable = false }: Pick<DialectFailure, 'message' | 'retryable'>): object {
  return { type: 'error', code: 'custom', message, allow_retry: retryable }
}

const NO_HISTORY: DialectAnswer = {
  status: 501,
  body: toErrorEvent({
    message: 'Cannot serve ChatKit without stored conversations: pass `history` to createChatHandler',
  }),
}
