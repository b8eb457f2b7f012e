import { untilAborted } from '../../core/async/abortable.ts'
import { askToReturn, DONE } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { isInvalidInput } from '../../core/vocabulary/invalid-input.ts'
import { runWithSignal, type CallOptions } from './call-signal.ts'
import { fromLlamaIndexError } from './llamaindex-error.ts'

/** A stream of LlamaIndex, and the events that its chunks mean. */
export interface ChunkSource<Chunk, Event> {
  /** Present if the core retries the call, so that the client must not. */
  readonly maxRetries?: 0
  /** Starts the call. `fail` ends the stream with an error, also during a read that never settles. */
  open(signal: AbortSignal, fail: (reason: unknown) => void): Promise<AsyncIterable<Chunk>>
  /** Returns the events of a chunk. */
  read(chunk: Chunk): readonly Event[]
  /** True if the answer is complete, so that an error no longer matters. */
  isComplete(): boolean
  /** Returns the events after the last chunk. */
  end(): readonly Event[]
}

/**
 * Reads a stream of LlamaIndex. Nothing starts before the first `next()`. An abort rejects the pending read at once, and
 * reaches the requests of an `abortableSession`. LlamaIndex ends a stream silently after an abort, and a reader that
 * leaves does not stop it, so neither is relied on.
 */
export function readChunks<Chunk, Event>(
  source: ChunkSource<Chunk, Event>,
  signal: AbortSignal,
): AsyncIterableIterator<Event, undefined> {
  const controller = new AbortController()
  const call: CallOptions = { signal: controller.signal, ...(source.maxRetries === 0 && { maxRetries: 0 }) }
  let unlink = (): void => {}
  let iterator: AsyncIterator<Chunk> | undefined
  let events: readonly Event[] = []
  let position = 0
  let state: 'new' | 'open' | 'read' | 'ended' = 'new'

  async function next(): Promise<IteratorResult<Event, undefined>> {
    try {
      for (;;) {
        if (state === 'ended') return DONE
        signal.throwIfAborted()
        if (position < events.length) return { value: events[position++] as Event, done: false }
        if (state === 'read') return finish()
        await readMore()
      }
    } catch (thrown) {
      return onFailure(thrown)
    }
  }

  /** Reads one chunk; the first call opens the stream. */
  async function readMore(): Promise<void> {
    if (state === 'new') await open()
    // LlamaIndex may send a request only when its stream is read.
    const result = await untilSettled(async () => iterator?.next() ?? DONE)
    // A stream that ends because of an abort has not ended by itself.
    controller.signal.throwIfAborted()
    take(result.done ? source.end() : source.read(result.value))
    if (result.done) state = 'read'
  }

  async function open(): Promise<void> {
    state = 'open'
    unlink = linkSignal(signal, stop)
    const stream = await untilSettled(async () => {
      const stream = await source.open(controller.signal, stop)
      // A stream that comes after the abort has no reader.
      if (controller.signal.aborted) askToReturn(stream[Symbol.asyncIterator]())
      return stream
    })
    iterator = stream[Symbol.asyncIterator]()
  }

  function untilSettled<T>(work: () => Promise<T>): Promise<T> {
    return untilAborted(runWithSignal(call, work), controller.signal)
  }

  function take(taken: readonly Event[]): void {
    events = taken
    position = 0
  }

  function onFailure(thrown: unknown): IteratorResult<Event, undefined> | Promise<IteratorResult<Event, undefined>> {
    if (state === 'ended') return DONE
    const isComplete = source.isComplete() && !signal.aborted
    const arrived = iterator !== undefined
    stop(thrown)
    if (isComplete) {
      state = 'read'
      take(source.end())
      return next()
    }
    state = 'ended'
    signal.throwIfAborted()
    throw isInvalidInput(thrown) ? thrown : fromLlamaIndexError(thrown, { arrived })
  }

  function finish(): IteratorResult<Event, undefined> {
    unlink()
    state = 'ended'
    return DONE
  }

  /** Asks the work to stop, without waiting for it. */
  function stop(reason: unknown): void {
    unlink()
    controller.abort(reason)
    askToReturn(iterator)
  }

  return {
    next,
    return() {
      if (state !== 'ended') stop(new DOMException('The reader of the stream has left', 'AbortError'))
      state = 'ended'
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
