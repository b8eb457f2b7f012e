import { createDeadline } from '../../core/async/deadline.ts'
import { askToReturn, DONE } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import type { Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { watchHandlers } from './watch-handlers.ts'

/** The used part of a LlamaIndex workflow context. The type is structural, so that the package is not needed. */
export interface LlamaIndexWorkflowContext<Event> {
  /** All events of the workflow. It ends only if it is cancelled. */
  readonly stream: AsyncIterable<unknown>
  /** Sends an event to the handlers. */
  sendEvent(event: Event): void
}

/** Options of {@link openWorkflow}. */
export interface OpenWorkflowOptions<Event> {
  /** Makes the first event. */
  readonly start: () => Event
  /** Returns true for the last event. */
  readonly isLast: (event: unknown) => boolean
  /** Maximum time between two events, in milliseconds. */
  readonly idleMs: number
  /** Gives the time. */
  readonly clock: Clock
  /** Aborts the handlers. */
  readonly signal: AbortSignal
  /** Ends the stream with an error. */
  readonly fail: (reason: unknown) => void
}

/** Starts a workflow, and returns its events up to the last one. */
export function openWorkflow<Event>(
  context: LlamaIndexWorkflowContext<Event>,
  options: OpenWorkflowOptions<Event>,
): AsyncIterable<unknown> {
  const { idleMs, fail } = options
  let failure: { readonly reason: unknown } | undefined
  let isWaiting = false
  let ended = false
  const handlers = watchHandlers(context, onFailure)
  const unlink = linkSignal(options.signal, handlers.abort)
  const deadline = createDeadline(() => fail(failure ? failure.reason : stalled(idleMs)), options.clock)
  // Opened before the first event, because the stream has no earlier events.
  const iterator = context.stream[Symbol.asyncIterator]()

  function onFailure(reason: unknown): void {
    failure ??= { reason }
    if (isWaiting) setDeadline()
  }

  // Events that came before a failure are read before it: they settle before a timer of 0 ms.
  function setDeadline(): void {
    deadline.set(failure ? 0 : idleMs)
  }

  function end(): void {
    ended = true
    deadline.dispose()
    unlink()
    askToReturn(iterator)
  }

  async function next(): Promise<IteratorResult<unknown, undefined>> {
    if (ended) return DONE
    isWaiting = true
    // Only the time of waiting for the workflow counts, not the pauses of the reader.
    setDeadline()
    try {
      const result = await iterator.next()
      if (result.done || options.isLast(result.value)) end()
      return result.done ? DONE : result
    } finally {
      isWaiting = false
      deadline.clear()
    }
  }

  async function leave(): Promise<IteratorResult<unknown, undefined>> {
    end()
    return DONE
  }

  context.sendEvent(options.start())
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
}

function stalled(idleMs: number): ChatError {
  const message = `The workflow sent no event for ${idleMs} ms (idleMs): a handler hangs, or has thrown an error`
  return new ChatError(message, { code: 'upstream-stalled' })
}
