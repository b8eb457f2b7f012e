import type { Rating } from '../core/vocabulary/feedback.ts'
import type { ThreadKey } from '../core/vocabulary/history-store.ts'
import type { ChatResult } from '../core/vocabulary/result.ts'

/** A change of the feedback on an answer, as `onFeedback` gets it. */
export interface FeedbackNote extends ThreadKey {
  /** Id of the run. */
  readonly runId: string
  /** Id of the answer as a message. */
  readonly messageId: string
  /** The question as the reader asked it. */
  readonly question: string
  /** The stored result, with the answer and its sources. */
  readonly result: ChatResult
  /** The rating; `undefined` if the reader took the feedback back. */
  readonly rating?: Rating
  /** The reader's own words. */
  readonly comment?: string
}
