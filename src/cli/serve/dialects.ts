import { agUi } from '../../ag-ui.ts'
import { aiSdk } from '../../ai-sdk.ts'
import { openaiChat } from '../../openai-chat.ts'
import { openaiResponses } from '../../openai-responses.ts'
import type { ChatHandlerOptions } from '../../server.ts'

type Dialects = NonNullable<ChatHandlerOptions['dialects']>

/** The wire formats of the API beside the native ones. Clients may send the name of any model. */
export const DIALECTS: Dialects = [openaiResponses({ models: 'any' }), aiSdk(), agUi()]

/**
 * The wire formats whose clients send the whole conversation with each question. Their requests are answered without a
 * history, because they name no conversation.
 */
export const STATELESS_DIALECTS: Dialects = [openaiChat({ models: 'any' })]

const STATELESS = /^\/v1\/(?:chat\/|models(?:$|\/|\?))/u

/** Returns true for a request that {@link STATELESS_DIALECTS} answer. */
export function isStateless(url: string): boolean {
  return STATELESS.test(url)
}
