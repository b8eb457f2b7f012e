import type { Feedback } from './feedback.ts'
import type { ChatResult, FinishReason } from './result.ts'
import type { SourceState } from './source-state.ts'

/** Version of the stored records; a store rejects records of a newer version. */
export const HISTORY_RECORD_VERSION = 1

/** A stored turn. */
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
   * The run of the turn that this one should replace. While that turn still exists, this one is an attempt that is
   * active or has failed.
   */
  readonly replaces?: string
  /**
   * The result as the reader got it; absent while the run is active, if its server crashed, or if it cannot be read.
   */
  readonly result?: ChatResult
  /** The reader's feedback on the answer; absent if there is none. A turn that replaces another one begins without it. */
  readonly feedback?: Feedback
}

/** A stored turn as the HTTP API sends it. */
export interface LoadedTurn extends StoredTurn {
  /**
   * The state of each source of the result in the documents of now, in the order of the sources. Absent if the server does
   * not compare them.
   */
  readonly sourceStates?: readonly SourceState[]
}

/**
 * Removes the attempts to replace a turn that still exists among these turns, because that turn has the answer. Such an
 * attempt is active or has failed.
 */
export function withoutAttempts<T extends Pick<StoredTurn, 'runId' | 'replaces'>>(turns: readonly T[]): readonly T[] {
  const runIds = new Set(turns.map(({ runId }) => runId))
  return turns.filter(({ replaces }) => replaces === undefined || !runIds.has(replaces))
}

const TAKES_PLACE: ReadonlySet<FinishReason> = new Set<FinishReason>(['stop', 'length', 'content-filter'])

/**
 * Returns true if a turn with this result replaces the earlier turn: it has text, and the model ended it. So an empty,
 * aborted or failed answer never replaces a good one.
 */
export function takesPlace({ finishReason, answer }: ChatResult): boolean {
  return TAKES_PLACE.has(finishReason) && answer.trim() !== ''
}
