import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { isTerminalEvent, type ChatEvent } from '../../core/vocabulary/events.ts'
import { resultOf } from '../../core/vocabulary/reduce-event.ts'
import type { ChatResult } from '../../core/vocabulary/result.ts'
import { expectFunction, expectStream } from '../../core/options/validate.ts'

/**
 * Sends each event of a run to a workflow, and resolves with the complete result: the answer with its sources and
 * citations. Call it in a step of a LlamaIndex workflow. It does not reject if the run fails, because an error of a step
 * never reaches the reader of a workflow: the result then has the `finishReason` `error`, the `error` and the partial
 * answer. A workflow has no backpressure, so the run does not wait for the reader.
 *
 * Add a handler for the events that does nothing. LlamaIndex keeps events that no handler takes in a queue, and searches
 * it for each further event: 16,000 of them took 7.1 s, and 0.7 s with such a handler.
 *
 * @example
 * ```ts
 * import { createWorkflow, workflowEvent } from '@llamaindex/workflow'
 * import type { Chat, ChatEvent, ChatResult } from 'ragwire'
 * import { sendToWorkflow } from 'ragwire/llamaindex'
 * declare const chat: Chat
 * const questionEvent = workflowEvent<{ question: string; signal: AbortSignal }>()
 * const chatEvent = workflowEvent<ChatEvent>()
 * const resultEvent = workflowEvent<ChatResult>()
 * const workflow = createWorkflow()
 * workflow.handle([questionEvent], async ({ sendEvent }, { data }) => {
 *   const result = await sendToWorkflow(chat.stream(data), (event) => sendEvent(chatEvent.with(event)))
 *   return resultEvent.with(result)
 * })
 * workflow.handle([chatEvent], () => {})
 * ```
 *
 * @throws ChatError `upstream-incomplete` when a stream that is not of ragwire ended without a terminal event
 */
export async function sendToWorkflow(
  stream: AsyncIterable<ChatEvent>,
  send: (event: ChatEvent) => void,
): Promise<ChatResult> {
  expectStream('stream', stream)
  expectFunction('send', send)
  for await (const event of stream) {
    send(event)
    if (isTerminalEvent(event)) return resultOf(event)
  }
  throw new ChatError('The stream ended without a terminal event', { code: 'upstream-incomplete' })
}
