import type { Source } from './sources.ts'
import type { TextRange } from './text-range.ts'

/** An earlier turn of the conversation, for a condenser and for the prompt. */
export interface HistoryTurn {
  /** The question of that turn. */
  readonly question: string
  /** The answer of that turn, with its markers. */
  readonly answer: string
  /** The query of that turn. */
  readonly query?: string
  /** The sources that the answer could cite. */
  readonly sources: readonly Source[]
  /**
   * The ranges of the answer's citation markers, in order; empty if they were stripped. They are left out of prompts.
   * @defaultValue the markers that are found in the answer
   */
  readonly citations?: readonly TextRange[]
}
