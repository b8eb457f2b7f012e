import { createHandoff, type Emit } from './handoff.ts'
import { DONE } from './iterators.ts'
import { linkSignal } from './link-signal.ts'
import { PULL, toNext, type PullIterator, type PullReader } from './pull.ts'

/** Takes back what no reader has taken, for this reason. */
export type Discard = (reason: unknown) => void

/** The parts of an {@link abortFirst} stream. The producer emits `In`, and the reader gets `Out`. */
export interface AbortFirstSource<In, Out> {
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined
  /** The value of the first read, before the work starts. */
  readonly first: In
  /**
   * The work. It resolves with the last value and must not reject. `discard` takes back a value that no reader has
   * taken yet, and rejects the promise of its `emit`.
   */
  produce(emit: Emit<In>, signal: AbortSignal, discard: Discard): Promise<In>
  /** The last value after the caller's signal fired. */
  onAbort(): Promise<In>
  /** Called when the reader left before the end. */
  onReturn(): void
  /** Called exactly once for each value, when the reader takes it. It must not throw. */
  deliver(value: In): Out
}

/**
 * A single-consumer stream that answers an abort before anything else does. The caller's signal and
 * the reader's `return()` settle the pending read at once, even if the work is deaf, and then ask the
 * work to stop, without waiting for it. An async generator cannot do this: its `return()` queues
 * behind the pending `await`, so that the awaited work leaks until it answers by itself.
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
  /** Answers the first read and starts the work. */
  begin(): IteratorResult<Out, undefined>
  /** Answers every further read. */
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
    // After its last value a run has ended, whether or not that value was read yet.
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

  function stop(reason: unknown): void {
    handoff.drop(reason)
    controller.abort(reason)
  }

  return {
    begin() {
      const value = source.deliver(source.first)
      // An abort before, or by an observer of the first value, has ended the run: start nothing.
      if (running) source.produce(emit, controller.signal, handoff.drop).then((last) => running && finish(last), fail)
      return { value, done: false }
    },
    pull: handoff.pull,
    leave() {
      if (handoff.closed) return
      running = false
      unlink()
      handoff.close()
      stop(new DOMException('The reader of the stream has left', 'AbortError'))
      source.onReturn()
    },
  }
}
