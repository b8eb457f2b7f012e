import type { ChatResult, FinishReason } from './result.ts'

/** Version of the stored records; a store refuses records of a newer one instead of guessing. */
export const HISTORY_RECORD_VERSION = 1

/** One turn as it is kept. */
export interface StoredTurn {
  /** Version of the record. */
  readonly v: typeof HISTORY_RECORD_VERSION
  /** Id of the conversation. */
  readonly threadId: string
  /** Id of the run. */
  readonly runId: string
  /** Id of the answer as a message. */
  readonly messageId: string
  /** The question as the reader asked it. */
  readonly question: string
  /** Time at which the turn began, in milliseconds since 1970. */
  readonly createdAt: number
  /**
   * The run whose turn this one was to take the place of. While that turn is there, this one is another attempt at its
   * question: it is still going on, or it failed.
   */
  readonly replaces?: string
  /** The result as the reader got it; absent while the run goes on, if its server died, and if it cannot be read. */
  readonly result?: ChatResult
}

const TAKES_PLACE: ReadonlySet<FinishReason> = new Set<FinishReason>(['stop', 'length', 'content-filter'])

/**
 * True if a turn takes the place of the one that it replaces: it has text, and the model ended it. A good answer does not
 * give way to an empty one, a part of one, or a refusal.
 */
export function takesPlace({ finishReason, answer }: ChatResult): boolean {
  return TAKES_PLACE.has(finishReason) && answer.trim() !== ''
}
