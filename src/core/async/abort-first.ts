import { createHandoff, type Emit } from './handoff.ts'
import { DONE } from './iterators.ts'
import { linkSignal } from './link-signal.ts'
import { PULL, toNext, type PullIterator, type PullReader } from './pull.ts'

/** Aborts the signal of the work with `reason`, and takes back a value that no reader has taken: its promise rejects. */
export type StopWork = (reason: unknown) => void

/** The parts of an {@link abortFirst} stream. The producer emits `In`, and the reader gets `Out`. */
export interface AbortFirstSource<In, Out> {
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined
  /** The value of the first read, before the work starts. */
  readonly first: In
  /**
   * The work. It resolves with the last value. If it rejects, its signal fires, and the reader gets the reason. The work
   * calls `stop` to stop itself, for example at its time limit; it still resolves with the last value.
   */
  produce(emit: Emit<In>, signal: AbortSignal, stop: StopWork): Promise<In>
  /** The last value after the caller's signal fired. */
  onAbort(): Promise<In>
  /** Called when the reader left before the end. */
  onReturn(): void
  /** Called exactly once for each value, when the reader takes it. It must not throw. */
  deliver(value: In): Out
}

/**
 * A single-consumer stream that reacts to an abort without waiting for the work. The caller's signal and the reader's
 * `return()` ask the work to stop and end the stream, even if the work ignores its signal. An async generator cannot do
 * this: its `return()` waits for the pending `await`, so the work leaks until it settles by itself.
 *
 * It is pull-driven: `open` is called by the first read, and at most one value waits for the reader.
 */
export function abortFirst<In, Out>(open: () => AbortFirstSource<In, Out>): AsyncIterable<Out> {
  let taken = false
  return {
    [Symbol.asyncIterator]() {
      if (taken) throw new TypeError('Cannot read a stream twice: start another run, or share its events yourself')
      taken = true
      return createIterator(open)
    },
  }
}

function createIterator<In, Out>(open: () => AbortFirstSource<In, Out>): PullIterator<Out> {
  let run: Run<Out> | undefined
  let left = false

  function pull(reader: PullReader<Out>): void {
    if (left) return reader.onResult(DONE)
    if (run) return run.pull(reader)
    run = createRun(open())
    reader.onResult(run.begin())
  }

  return {
    next: toNext(pull),
    [PULL]: pull,
    return() {
      left = true
      run?.leave()
      return Promise.resolve(DONE)
    },
  }
}

interface Run<Out> {
  /** Returns the result of the first read and starts the work. */
  begin(): IteratorResult<Out, undefined>
  /** Handles every further read. */
  pull(reader: PullReader<Out>): void
  /** The reader leaves. */
  leave(): void
}

function createRun<In, Out>(source: AbortFirstSource<In, Out>): Run<Out> {
  const controller = new AbortController()
  const handoff = createHandoff((value: In) => source.deliver(value))
  let running = true
  const unlink = linkSignal(source.signal, abort)

  function emit(value: In): Promise<void> | undefined {
    if (!running) throw controller.signal.reason
    return handoff.put(value)
  }

  function abort(reason: unknown): void {
    // A run has ended with its last value, even if that value was not read yet.
    if (!running) return
    running = false
    stop(reason)
    source.onAbort().then(finish, fail)
  }

  function finish(value: In): void {
    running = false
    unlink()
    handoff.putLast(value)
  }

  function fail(reason: unknown): void {
    running = false
    unlink()
    handoff.fail(reason)
  }

  function onFailure(reason: unknown): void {
    if (!running) return
    fail(reason)
    // Parts of the work may still be under way.
    controller.abort(reason)
  }

  function stop(reason: unknown): void {
    handoff.drop(reason)
    controller.abort(reason)
  }

  return {
    begin() {
      const value = source.deliver(source.first)
      // If the signal fired before, or in an observer of the first value, the run has ended: start nothing.
      if (running) source.produce(emit, controller.signal, stop).then((last) => running && finish(last), onFailure)
      return { value, done: false }
    },
    pull: handoff.pull,
    leave() {
      if (handoff.isClosed()) return
      running = false
      unlink()
      handoff.close()
      stop(new DOMException('The reader of the stream has left', 'AbortError'))
      source.onReturn()
    },
  }
}
