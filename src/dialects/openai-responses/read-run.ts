import { askToReturn, toIterator } from '../../core/async/iterators.ts'
import { isTerminalEvent, type ChatEvent, type StartEvent, type TerminalEvent } from '../../core/vocabulary/events.ts'
import type { DialectCall } from '../dialect-route.ts'

/** The first and the last event of a run. */
export interface ReadRun {
  /** The ids. */
  readonly start: StartEvent
  /** The end, with the result. */
  readonly end: TerminalEvent
}

/** Options of {@link readRun}. */
export interface ReadRunOptions {
  /** True to throw the error of a run that failed. */
  readonly throwsFailure: boolean
}

/**
 * Reads a run to its end.
 *
 * @throws any error of reading; with `throwsFailure` the `ChatError` of a run that failed
 */
export async function readRun(
  call: DialectCall,
  events: AsyncIterable<ChatEvent>,
  { throwsFailure }: ReadRunOptions,
): Promise<ReadRun> {
  const seen: { start?: StartEvent; end?: TerminalEvent } = {}
  const noted = noting(events, (event) => {
    if (event.type === 'start') seen.start = event
    if (isTerminalEvent(event)) seen.end = event
  })
  try {
    await call.resultOf(noted)
  } catch (thrown) {
    if (throwsFailure || seen.end?.type !== 'error') throw thrown
  }
  const { start, end } = seen
  if (!start || !end) throw new Error('Cannot read the run: it has no start or no end')
  return { start, end }
}

function noting(events: AsyncIterable<ChatEvent>, note: (event: ChatEvent) => void): AsyncIterable<ChatEvent> {
  const source = events[Symbol.asyncIterator]()
  async function next(): Promise<IteratorResult<ChatEvent, undefined>> {
    const result = await source.next()
    if (result.done) return { value: undefined, done: true }
    note(result.value)
    return result
  }
  return toIterator(next, () => askToReturn(source))
}
