import type { ChatEvent } from '../core/vocabulary/events.ts'
import { EMPTY_RESULT } from '../core/vocabulary/reduce-event.ts'
import { createResultFold } from '../core/vocabulary/result-fold.ts'
import { takesPlace } from '../core/vocabulary/stored-turn.ts'
import type { ClientRun, ReadRunOptions } from './chat-client.ts'
import type { ChatTurn } from './chat-snapshot.ts'
import type { ChatFailure } from './client-error.ts'

/** A turn of a store, with what its view does not show. */
export interface LiveTurn {
  /** Its run. */
  run: ClientRun
  /** The turns that this one replaces, unless it fails. */
  replaced: readonly LiveTurn[]
  /** Reads another request for the same run. */
  open(run: OpenRun): void
  /** Returns the view: the same object until the next change. */
  view(): ChatTurn
  /** Adds an event of the run. */
  add(event: ChatEvent): void
  /** Changes the view. */
  set(change: Partial<ChatTurn>): void
  /** Shows that the turn is no longer being read. */
  end(status: ChatTurn['status'], error?: ChatFailure): void
}

/** Makes a run; it connects when it is read. */
export type OpenRun = (reading: ReadRunOptions) => ClientRun

/** Makes a turn that is being asked. `onChange` is called when its connection breaks. */
export function createLiveTurn(
  { runId, question, feedback }: Pick<ChatTurn, 'runId' | 'question' | 'feedback'>,
  openRun: OpenRun,
  onChange: () => void,
): LiveTurn {
  const fold = createResultFold()
  let view: ChatTurn = { runId, question, feedback, ...SUBMITTED }
  // True if the result of `view` is out of date. It is made when it is shown, because it copies lists.
  let isStale = false

  const reading = {
    onReconnect() {
      turn.set({ isReconnecting: true })
      onChange()
    },
  }
  const turn: LiveTurn = {
    run: openRun(reading),
    replaced: [],
    open(again) {
      turn.run = again(reading)
    },
    view() {
      if (isStale) turn.set({ result: fold.result() })
      isStale = false
      return view
    },
    set(change) {
      view = { ...view, ...change }
    },
    end: (status, error) => turn.set({ status, error, phase: undefined, isStopping: false, isReconnecting: false }),
    add(event) {
      fold.add(event)
      isStale = true
      if (view.isReconnecting) turn.set({ isReconnecting: false })
      if (event.type === 'token') {
        if (view.status !== 'streaming') turn.set({ status: 'streaming' })
      } else if (event.type === 'status') turn.set({ phase: event.phase })
      else if (event.type === 'query' && !view.question) turn.set({ question: event.question })
      else if (event.type === 'done') turn.end('done')
      else if (event.type === 'error') turn.end('error', event)
    },
  }
  return turn
}

const SUBMITTED = { status: 'submitted', isStopping: false, isReconnecting: false, result: EMPTY_RESULT } as const

/** Returns true if the turns that this one replaces are hidden: it is running, or has an answer that replaces theirs. */
export function isInPlace(turn: LiveTurn): boolean {
  const { status, result } = turn.view()
  const { finishReason = 'other', answer } = result
  return status === 'done' ? takesPlace({ finishReason, answer }) : status !== 'error'
}
