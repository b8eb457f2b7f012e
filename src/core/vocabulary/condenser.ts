import type { HistoryTurn } from './history-turn.ts'

import type { TokenUsage } from './usage.ts'

/** A stand-alone question, and further queries. */
export interface CondensedQuestion {
  /** The text to search for. */
  readonly query: string
  /**
   * Further queries. The scores of their chunks are multiplied by `weight`; `query` has the weight 1. A query with a
   * smaller weight only ranks: its chunks do not count for `minScore`.
   */
  readonly also?: readonly { readonly query: string; readonly weight: number }[] | undefined
  /** Tokens that were used; absent if no model was asked. */
  readonly usage?: TokenUsage | undefined
}

/** Options of one call of a {@link Condenser}. */
export interface CondenseCall {
  /** Aborts the call. */
  readonly signal: AbortSignal
  /**
   * Reports the tokens used so far, also those of a call that fails later. Each call replaces the previous one, and
   * `usage` of the result replaces them all.
   */
  readonly onUsage?: (usage: TokenUsage) => void
}

/** Makes a stand-alone question from a follow-up. It is not called without a history. */
export interface Condenser {
  /** `turns` are the earlier turns, the oldest first, trimmed to the budget and without greetings. */
  condense(turns: readonly HistoryTurn[], question: string, options: CondenseCall): Promise<CondensedQuestion>
}
