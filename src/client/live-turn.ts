import type { ChatEvent } from '../core/vocabulary/events.ts'
import { createResultFold } from '../core/vocabulary/result-fold.ts'
import type { ClientRun } from './chat-client.ts'
import type { ChatTurn } from './chat-snapshot.ts'
import { turnAfter } from './turn-view.ts'

/** A turn of a store, with what its view does not show. */
export interface LiveTurn {
  /** The run, as long as it can be read; absent for a turn that has ended. */
  run?: ClientRun | undefined
  /** The turns that this one replaces, unless it fails. */
  replaced: readonly LiveTurn[]
  /** Returns the view: the same object until the next change. */
  view(): ChatTurn
  /** Adds an event of the run. */
  add(event: ChatEvent): void
  /** Changes the view. */
  change(to: (turn: ChatTurn) => ChatTurn): void
}

/** Makes a turn that begins with a view. The result of a run that is read is folded from its events. */
export function createLiveTurn(first: ChatTurn, run?: ClientRun): LiveTurn {
  const fold = createResultFold()
  let turn = first
  // True if events have come that the result of `turn` does not have.
  let isStale = false

  return {
    run,
    replaced: [],
    view() {
      // Made only when it is shown: a copy for each token would take quadratic time.
      if (isStale) turn = { ...turn, result: fold.result() }
      isStale = false
      return turn
    },
    add(event) {
      fold.add(event)
      turn = turnAfter(turn, event)
      isStale = true
    },
    change(to) {
      turn = to(turn)
    },
  }
}
