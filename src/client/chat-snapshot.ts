import type { Phase } from '../core/vocabulary/phases.ts'
import type { PartialChatResult } from '../core/vocabulary/reduce-event.ts'
import type { Feedback } from '../core/vocabulary/feedback.ts'
import type { SourceState } from '../core/vocabulary/source-state.ts'
import type { ChatFailure } from './client-error.ts'

/**
 * The state of a turn. `submitted`: no text yet; `phase` tells what the server does. `streaming`: the answer is being
 * written. `done`: it has ended; `result.finishReason` tells why, also for a stop. `error`: it failed; `error` tells why.
 * `disconnected`: the reader has left it with `disconnect()`; `resume()` goes on.
 */
export type ChatTurnStatus = 'submitted' | 'streaming' | 'done' | 'error' | 'disconnected'

/**
 * A question and its answer. A turn that has ended stays the same object until its feedback or the state of its sources changes, so that a view can
 * skip it.
 */
export interface ChatTurn {
  /** Id of the run. A retry has a new one, so use it as the key in a list. */
  readonly runId: string
  /** The question; empty for a run of another tab until its question is known. */
  readonly question: string
  /** The state. */
  readonly status: ChatTurnStatus
  /** The current phase, while it is `submitted` or `streaming`. */
  readonly phase?: Phase | undefined
  /** True from the call of `stop` to the end of the answer, unless that call fails. */
  readonly isStopping: boolean
  /** True while the connection is broken and is being restored. */
  readonly isReconnecting: boolean
  /** The answer so far, with its sources and citations; complete when the turn has ended. */
  readonly result: PartialChatResult
  /** The failure, with the status `error`. The partial answer stays in `result`. */
  readonly error?: ChatFailure | undefined
  /** The feedback of the reader. */
  readonly feedback?: Feedback | undefined
  /**
   * The state of each source in the documents of now, in the order of `result.sources`. Absent before the turn was loaded,
   * or if the server does not compare sources.
   */
  readonly sourceStates?: readonly SourceState[] | undefined
}

/**
 * The state of a conversation at one moment. It is immutable. While an answer is written, there is a new one at most once
 * a frame.
 */
export interface ChatSnapshot {
  /** Id of the conversation; `undefined` for a new one before its first question. */
  readonly threadId: string | undefined
  /** The turns, the oldest first. */
  readonly turns: readonly ChatTurn[]
  /** `submitted` and `streaming` while an answer is running, `error` if the last turn failed, else `ready`. */
  readonly status: 'ready' | 'submitted' | 'streaming' | 'error'
  /** True while a stored conversation is being loaded. */
  readonly isLoading: boolean
  /** The failure of the last `open`, `refresh` or `stop`. */
  readonly error?: ChatFailure | undefined
}

/** The list of conversations at one moment. */
export interface ThreadListSnapshot {
  /** The conversations that were loaded, the latest first. */
  readonly threads: readonly ThreadEntry[]
  /** True if `more()` loads further ones. */
  readonly hasMore: boolean
  /** The text that is searched for; empty for the whole list. */
  readonly search: string
  /** True while a page is being loaded. */
  readonly isLoading: boolean
  /** The failure of the last load. */
  readonly error?: ChatFailure | undefined
}

/** A conversation in a list. */
export interface ThreadEntry {
  /** Id of the conversation. */
  readonly threadId: string
  /** The first question, or the title that was given. */
  readonly title: string
  /** Number of turns. */
  readonly turns: number
  /** Time of the last change, in milliseconds since 1970. */
  readonly updatedAt: number
  /** True while an answer is being written in it. */
  readonly isRunning: boolean
}
