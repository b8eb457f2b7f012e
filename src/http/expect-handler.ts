import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import { describeValue } from '../core/options/expect-options.ts'
import type { ChatHandler } from './create-chat-handler.ts'

/**
 * Checks that `handler` is a function, before a server is started with it.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field` `handler`
 */
export function expectHandler(handler: ChatHandler): ChatHandler {
  if (typeof handler === 'function') return handler
  const message = 'it must be the function that createChatHandler returns'
  throw invalidInput('handler', `Cannot use handler: ${message}, and it is ${describeValue(handler)}`)
}
