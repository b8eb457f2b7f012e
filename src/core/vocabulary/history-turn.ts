import type { Source } from './sources.ts'
import type { TextRange } from './text-range.ts'

/** An earlier turn of the conversation, as a condenser and the prompt get it. */
export interface HistoryTurn {
  readonly question: string
  readonly answer: string
  /** What was searched for then. */
  readonly query?: string
  /** What the answer could cite. */
  readonly sources: readonly Source[]
  /**
   * The ranges of the answer's citation markers, in order; empty if they were stripped. They are left out of prompts.
   * @defaultValue the markers that are found in the answer
   */
  readonly citations?: readonly TextRange[]
}
