import { DONE } from './iterators.ts'
import type { PullReader } from './pull.ts'

/**
 * Passes a value to the reader. Returns `undefined` if the reader took it at once, else a promise that resolves when
 * the reader takes it. Wait for that promise before the next value. Throws after the reader has left.
 */
export type Emit<In> = (value: In) => Promise<void> | undefined

/** Passes values from one producer to the reads of a consumer. */
export interface Handoff<In, Out> {
  /** Passes a value to the pending read, or holds it until the next read. */
  put: Emit<In>
  /** Passes the last value: a read after it resolves as done. */
  putLast(value: In): void
  /** Ends with a failure: the pending read rejects, or the next one behind a value that is held. */
  fail(reason: unknown): void
  /** Takes back the value that no reader has taken, and rejects the promise of its `put`. */
  drop(reason: unknown): void
  /** Reads the next value. */
  take(): Promise<IteratorResult<Out, undefined>>
  /** Reads the next value, and calls the reader with it: at once if there is one. */
  pull(reader: PullReader<Out>): void
  /** Ends without a last value. */
  close(): void
  /** True once the last value or the failure was taken, or the handoff was closed. */
  readonly closed: boolean
}

/**
 * Creates a handoff that holds at most one value. `deliver` is called exactly once for each value, when the reader
 * takes it. Reads get the values in order.
 */
export function createHandoff<In, Out>(deliver: (value: In) => Out): Handoff<In, Out> {
  const handoff: OpenHandoff<In, Out> = {
    deliver,
    reader: undefined,
    others: undefined,
    held: undefined,
    last: undefined,
    failure: undefined,
    closed: false,
    put,
    putLast,
    fail,
    drop,
    take,
    pull,
    close,
  }
  return handoff
}

/** A handoff with its state. Its functions are shared: each open stream has one, and closures of each take more memory. */
interface OpenHandoff<In, Out> extends Handoff<In, Out> {
  readonly deliver: (value: In) => Out
  // The pending reads: usually one, and rarely others after it.
  reader: PullReader<Out> | undefined
  others: PullReader<Out>[] | undefined
  held: (PromiseWithResolvers<void> & { readonly value: In }) | undefined
  last: { readonly value: In } | undefined
  failure: { readonly reason: unknown } | undefined
  closed: boolean
}

function put<In, Out>(this: OpenHandoff<In, Out>, value: In): Promise<void> | undefined {
  const waiting = takeReader(this)
  if (waiting) {
    waiting.onResult(give(this, value))
    return undefined
  }
  this.held = { value, ...Promise.withResolvers<void>() }
  return this.held.promise
}

function putLast<In, Out>(this: OpenHandoff<In, Out>, value: In): void {
  const waiting = takeReader(this)
  if (!waiting) {
    this.last = { value }
    return
  }
  this.closed = true
  waiting.onResult(give(this, value))
  this.close()
}

function fail<In, Out>(this: OpenHandoff<In, Out>, reason: unknown): void {
  const waiting = takeReader(this)
  if (!waiting) {
    this.failure = { reason }
    return
  }
  this.closed = true
  waiting.onFailure(reason)
  this.close()
}

function drop<In, Out>(this: OpenHandoff<In, Out>, reason: unknown): void {
  this.held?.reject(reason)
  this.held = undefined
}

function take<In, Out>(this: OpenHandoff<In, Out>): Promise<IteratorResult<Out, undefined>> {
  return new Promise((onResult, onFailure) => this.pull({ onResult, onFailure }))
}

function pull<In, Out>(this: OpenHandoff<In, Out>, next: PullReader<Out>): void {
  if (this.closed) return next.onResult(DONE)
  if (this.held) {
    const { value, resolve } = this.held
    this.held = undefined
    resolve()
    return next.onResult(give(this, value))
  }
  if (this.last) {
    this.closed = true
    return next.onResult(give(this, this.last.value))
  }
  if (this.failure) {
    this.closed = true
    return next.onFailure(this.failure.reason)
  }
  if (this.reader) (this.others ??= []).push(next)
  else this.reader = next
}

function close<In, Out>(this: OpenHandoff<In, Out>): void {
  this.closed = true
  for (let waiting = takeReader(this); waiting; waiting = takeReader(this)) waiting.onResult(DONE)
}

function give<In, Out>({ deliver }: OpenHandoff<In, Out>, value: In): IteratorResult<Out, undefined> {
  return { value: deliver(value), done: false }
}

function takeReader<In, Out>(handoff: OpenHandoff<In, Out>): PullReader<Out> | undefined {
  const { reader, others } = handoff
  handoff.reader = others?.shift()
  return reader
}
