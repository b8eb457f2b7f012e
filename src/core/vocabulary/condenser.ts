import type { HistoryTurn } from './history-turn.ts'

import type { TokenUsage } from './usage.ts'

/** A stand-alone question, and further queries. */
export interface CondensedQuestion {
  /** The text to search for. */
  readonly query: string
  /** Further queries. The scores of their chunks count with this weight, and those of the query itself with 1. */
  readonly also?: readonly { readonly query: string; readonly weight: number }[] | undefined
  /** Tokens that it took; absent when no model was asked. */
  readonly usage?: TokenUsage | undefined
}

/** Options of one call of a {@link Condenser}. */
export interface CondenseCall {
  /** Aborts the call. */
  readonly signal: AbortSignal
  /**
   * Notes tokens that were paid although no question may come of them, such as those of an attempt that is about to
   * fail. The latest call counts; `usage` of the result counts more.
   */
  readonly onUsage?: (usage: TokenUsage) => void
}

/** Makes a stand-alone question from a follow-up. It is not asked when there is no history. */
export interface Condenser {
  /** `turns` are the earlier turns, the oldest first, trimmed to the budget. */
  condense(turns: readonly HistoryTurn[], question: string, options: CondenseCall): Promise<CondensedQuestion>
}
