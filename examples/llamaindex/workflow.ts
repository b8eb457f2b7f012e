import { createWorkflow, workflowEvent } from '@llamaindex/workflow'
import type { Chat, ChatEvent, ChatResult, TurnOptions } from 'ragwire'
import { sendToWorkflow } from 'ragwire/llamaindex'

/** Starts the workflow. */
export const questionEvent = workflowEvent<TurnOptions>()
/** One event of the answer: a source, a token, a citation. */
export const chatEvent = workflowEvent<ChatEvent>()
/** The last event: the complete answer with its sources. */
export const resultEvent = workflowEvent<ChatResult>()

/** Creates the workflow whose step answers with `chat`. */
export function createAnswerWorkflow(chat: Chat) {
  const workflow = createWorkflow()
  workflow.handle([questionEvent], async ({ sendEvent }, { data }) => {
    const result = await sendToWorkflow(chat.stream(data), (event) => sendEvent(chatEvent.with(event)))
    return resultEvent.with(result)
  })
  // Events that no handler takes stay in the queue of the workflow, and each further event searches all of them.
  workflow.handle([chatEvent], () => {})
  return workflow
}
