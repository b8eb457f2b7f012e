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
  const response = await handler(request, context)
  return { type: 'response', response, unrouted: response instanceof UnroutedResponse }
}
