import { createHandoff, type Emit, type Handoff } from './handoff.ts'
import { DONE } from './iterators.ts'
import { linkSignal } from './link-signal.ts'
import { nextOfPull, PULL, type PullIterator, type PullReader } from './pull.ts'

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
  const iterator: OpenIterator<In, Out> = {
    open,
    run: undefined,
    left: false,
    next: nextOfPull,
    [PULL]: pullRun,
    return: leave,
  }
  return iterator
}

/** The iterator with its state. Its functions are shared: each open stream has one, and closures of each take more memory. */
interface OpenIterator<In, Out> extends PullIterator<Out> {
  readonly open: () => AbortFirstSource<In, Out>
  run: Run<In, Out> | undefined
  left: boolean
}

function pullRun<In, Out>(this: OpenIterator<In, Out>, reader: PullReader<Out>): void {
  if (this.left) return reader.onResult(DONE)
  if (this.run) return this.run.handoff.pull(reader)
  this.run = createRun(this.open())
  reader.onResult(begin(this.run))
}

function leave<In, Out>(this: OpenIterator<In, Out>): Promise<IteratorReturnResult<undefined>> {
  this.left = true
  if (this.run) leaveRun(this.run)
  return Promise.resolve(DONE)
}

/** The work under way. */
interface Run<In, Out> {
  readonly source: AbortFirstSource<In, Out>
  readonly controller: AbortController
  readonly handoff: Handoff<In, Out>
  running: boolean
  unlink: () => void
}

function createRun<In, Out>(source: AbortFirstSource<In, Out>): Run<In, Out> {
  const handoff = createHandoff((value: In) => source.deliver(value))
  const run: Run<In, Out> = { source, controller: new AbortController(), handoff, running: true, unlink: () => {} }
  const unlink = linkSignal(source.signal, (reason) => abort(run, reason))
  run.unlink = unlink
  return run
}

/** Returns the result of the first read and starts the work. */
function begin<In, Out>(run: Run<In, Out>): IteratorResult<Out, undefined> {
  const { source, controller, handoff } = run
  const value = source.deliver(source.first)
  // If the signal fired before, or in an observer of the first value, the run has ended: start nothing.
  if (run.running) {
    const emit = (output: In): Promise<void> | undefined => {
      if (!run.running) throw controller.signal.reason
      return handoff.put(output)
    }
    source
      .produce(emit, controller.signal, (reason) => stop(run, reason))
      .then(
        (last) => run.running && finish(run, last),
        (reason: unknown) => failWork(run, reason),
      )
  }
  return { value, done: false }
}

function abort<In, Out>(run: Run<In, Out>, reason: unknown): void {
  // A run has ended with its last value, even if that value was not read yet.
  if (!run.running) return
  run.running = false
  stop(run, reason)
  run.source.onAbort().then(
    (last) => finish(run, last),
    (failure: unknown) => fail(run, failure),
  )
}

function finish<In, Out>(run: Run<In, Out>, value: In): void {
  run.running = false
  run.unlink()
  run.handoff.putLast(value)
}

function fail<In, Out>(run: Run<In, Out>, reason: unknown): void {
  run.running = false
  run.unlink()
  run.handoff.fail(reason)
}

function failWork<In, Out>(run: Run<In, Out>, reason: unknown): void {
  if (!run.running) return
  fail(run, reason)
  // Parts of the work may still be under way.
  run.controller.abort(reason)
}

function stop<In, Out>({ handoff, controller }: Run<In, Out>, reason: unknown): void {
  handoff.drop(reason)
  controller.abort(reason)
}

/** The reader leaves. */
function leaveRun<In, Out>(run: Run<In, Out>): void {
  if (run.handoff.closed) return
  run.running = false
  run.unlink()
  run.handoff.close()
  stop(run, new DOMException('The reader of the stream has left', 'AbortError'))
  run.source.onReturn()
}
