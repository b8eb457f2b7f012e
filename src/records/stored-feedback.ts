import * as z from 'zod'
import { callHook } from '../core/observe/call-hook.ts'
import type { ChatError } from '../core/vocabulary/chat-error.ts'
import { RATINGS, type Feedback } from '../core/vocabulary/feedback.ts'
import type { SetFeedbackOutcome } from '../core/vocabulary/history-store.ts'
import type { StoredTurn } from '../core/vocabulary/stored-turn.ts'
import { encodeRecord, readRecord, type RecordFormat } from './record.ts'

/** The schema of feedback. */
export const feedbackSchema = z.object({ rating: z.enum(RATINGS), comment: z.string().exactOptional() })

const format: RecordFormat<Feedback> = { name: 'feedback', version: 1, schema: feedbackSchema }

/** Encodes feedback as a record for a store. */
export function encodeFeedback({ rating, comment }: Feedback): string {
  return encodeRecord(format, { rating, ...(comment !== undefined && { comment }) })
}

/**
 * Decodes the feedback of a turn, if it has some. For an invalid record, `onError` is called and the feedback is left
 * out, so that the turn stays readable.
 *
 * @throws ChatError `store-unavailable` for a record of a newer version
 */
export function readFeedback(
  record: unknown,
  onError: ((error: ChatError) => void) | undefined,
): Pick<{ readonly feedback?: Feedback }, 'feedback'> {
  if (typeof record !== 'string') return {}
  const read = readRecord(format, record)
  if ('value' in read) return { feedback: read.value }
  callHook(onError, read.flaw)
  return {}
}

/**
 * Returns the outcome of setting the feedback of a turn: `earlier` is the record that it had before. An earlier record
 * that cannot be read counts as none.
 */
export function toSetFeedbackOutcome(turn: StoredTurn, earlier: unknown): SetFeedbackOutcome {
  const { feedback } = readFeedback(earlier, undefined)
  return { turn, ...(feedback && { earlier: feedback }) }
}
