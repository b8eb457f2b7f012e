import type { ChatEvent } from '../core/vocabulary/events.ts'
import { EMPTY_RESULT } from '../core/vocabulary/reduce-event.ts'
import { createResultFold } from '../core/vocabulary/result-fold.ts'
import type { ClientRun, ReadRunOptions } from './chat-client.ts'
import type { ChatTurn } from './chat-snapshot.ts'
import type { ChatFailure } from './client-error.ts'

/** A turn of a store, with what its view does not show. */
export interface LiveTurn {
  /** Its run. */
  readonly run: ClientRun
  /** True if the server has stored its question, so that another turn can replace it. */
  isStored: boolean
  /** Returns the view: the same object until the next change. */
  view(): ChatTurn
  /** Adds an event of the run. */
  add(event: ChatEvent): void
  /** Changes the view. */
  set(change: Partial<ChatTurn>): void
  /** Sets a status that ends or begins the reading. */
  setStatus(status: ChatTurn['status'], error?: ChatFailure): void
}

/** Makes a run that connects when it is read. */
export type OpenRun = (reading: ReadRunOptions) => ClientRun

/** Makes a turn that is being asked. `publish` is called when its connection breaks. */
export function createLiveTurn(
  { runId, question, feedback }: Pick<ChatTurn, 'runId' | 'question' | 'feedback'>,
  open: OpenRun,
  publish: (isUrgent: boolean) => void,
): LiveTurn {
  const fold = createResultFold()
  let view: ChatTurn = { runId, question, feedback, ...CONNECTED, status: 'submitted', result: EMPTY_RESULT }
  // True if the result of `view` is out of date. It is made when it is shown, because it copies lists.
  let isStale = false

  const turn: LiveTurn = {
    run: open({
      onReconnect() {
        turn.set({ isReconnecting: true })
        publish(true)
      },
    }),
    isStored: false,
    view() {
      if (isStale) turn.set({ result: fold.result() })
      isStale = false
      return view
    },
    set(change) {
      view = { ...view, ...change }
    },
    setStatus: (status, error) => turn.set({ ...CONNECTED, status, error, phase: undefined }),
    add(event) {
      fold.add(event)
      isStale = true
      if (event.type === 'status') {
        // The question is stored before the first phase begins.
        turn.isStored = true
        turn.set({ phase: event.phase })
      } else if (event.type === 'query') turn.set({ question: question || event.question })
      else if (event.type === 'done') turn.setStatus('done')
      else if (event.type === 'error') turn.setStatus('error', event)
      else if (event.type === 'token' && view.status === 'submitted') turn.set({ status: 'streaming' })
      if (view.isReconnecting) turn.set({ isReconnecting: false })
    },
  }
  return turn
}

const CONNECTED = { isStopping: false, isReconnecting: false }
