import { describeValue } from '../core/options/expect-options.ts'
import type { ChatHandlerContext } from './call.ts'
import type { ChatAnswer } from './chat-answer.ts'
import type { ChatHandler } from './create-chat-handler.ts'
import { UnroutedResponse } from './unrouted-response.ts'

/**
 * Calls a handler and returns its answer as a value. A function that wraps a handler has no `answer`, so its `Response`
 * is the answer.
 */
export async function askHandler(
  handler: ChatHandler,
  request: Request,
  context: ChatHandlerContext,
): Promise<ChatAnswer> {
  if (handler.answer) return handler.answer(request, context)
  const response: unknown = await handler(request, context)
  if (!isResponse(response)) {
    throw new TypeError(`The function around the handler must return a Response, and it is ${describeValue(response)}`)
  }
  return { type: 'response', response, unrouted: response instanceof UnroutedResponse }
}

// Also one of another copy of the class, such as that of a package.
function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'headers' in value && 'status' in value
}
