import type { HistoryStore } from '../vocabulary/history-store.ts'

type FinishTurn = HistoryStore['finishTurn']

// The functions, not the stores: a store may be copied with another function.
const SELF_CHECKING = new WeakSet<FinishTurn>()

/** Marks a function that checks each result with `expectStorable`, so that the turn does not check it a second time. */
export function selfChecking(finishTurn: FinishTurn): FinishTurn {
  SELF_CHECKING.add(finishTurn)
  return finishTurn
}

/** True if the store checks each result itself. */
export function isSelfChecking({ finishTurn }: HistoryStore): boolean {
  return SELF_CHECKING.has(finishTurn)
}
