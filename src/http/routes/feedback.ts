import { callHook } from '../../core/observe/call-hook.ts'
import { isSameFeedback, type Feedback } from '../../core/vocabulary/feedback.ts'
import type { SetFeedbackOutcome, TurnKey } from '../../core/vocabulary/history-store.ts'
import { idOf, scopeOf, type Call } from '../call.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import type { FeedbackNote } from '../feedback-note.ts'
import { readBody } from '../read-body.ts'
import { feedbackRequestSchema } from '../request-bodies.ts'
import { empty, json } from '../respond.ts'
import { askHistory, historyOf, notFound, unsupported } from './history.ts'

/** `PUT /runs/{runId}/feedback`: stores the feedback on the answer of a run. */
export async function putFeedback(call: Call): Promise<ChatAnswer> {
  expectFeedback(call)
  const runId = idOf('runId', call.id)
  const feedback = await readBody(call, feedbackRequestSchema)
  await setFeedback({ scope: await scopeOf(call), runId }, feedback, call)
  return json(feedback)
}

/** `DELETE /runs/{runId}/feedback`: removes it. */
export async function deleteFeedback(call: Call): Promise<ChatAnswer> {
  expectFeedback(call)
  const runId = idOf('runId', call.id)
  await setFeedback({ scope: await scopeOf(call), runId }, undefined, call)
  return empty(204)
}

function expectFeedback(call: Call): void {
  // Without a method for it, the resource allows no method at all (RFC 9110, 10.2.1).
  if (!historyOf(call).setFeedback) throw unsupported('setFeedback', '')
}

/**
 * Stores the feedback on the answer of a run, or removes it, and calls `onFeedback`.
 *
 * @throws ChatError `not-found` for an unknown run
 */
export async function setFeedback(run: TurnKey, feedback: Feedback | undefined, call: Call): Promise<void> {
  const outcome = await askHistory(call, async (history, options) =>
    history.setFeedback?.(run, { feedback, ...options }),
  )
  // A result that cannot be read was reported to `onError`. The reader sees no answer to rate.
  if (!outcome?.turn.result) throw notFound()
  // A repeated request is no change.
  if (!isSameFeedback(outcome.earlier, feedback)) report(run, { outcome, feedback, call })
}

interface Change {
  readonly outcome: SetFeedbackOutcome
  readonly feedback: Feedback | undefined
  readonly call: Call
}

function report({ scope, runId }: TurnKey, { outcome, feedback, call }: Change): void {
  const { onFeedback } = call.options
  const { threadId, messageId, question, result } = outcome.turn
  if (!onFeedback || !result) return
  const note: FeedbackNote = { scope, threadId, runId, messageId, question, result, ...feedback }
  callHook((note: FeedbackNote) => {
    const work = onFeedback(note)
    // The response does not wait for it, and an edge runtime must know of it.
    if (work instanceof Promise)
      callHook(
        call.context.waitUntil,
        work.catch(() => {}),
      )
    return work
  }, note)
}
