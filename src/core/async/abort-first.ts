import { DONE } from './iterators.ts'
import { linkSignal } from './link-signal.ts'

/**
 * Hands a value to the reader. It returns nothing when the reader took it at once, else a promise
 * that resolves when the reader does: wait for it before the next value. It throws once the reader has left.
 */
export type Emit<In> = (value: In) => Promise<void> | undefined

/** What an {@link abortFirst} stream is made of. `In` is what the producer says, `Out` what the reader gets. */
export interface AbortFirstSource<In, Out> {
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined
  /** What the first read gets, before anything runs. */
  readonly first: In
  /** The work. It resolves with the last value and must not reject. */
  produce(emit: Emit<In>, signal: AbortSignal): Promise<In>
  /** The last value after the caller's signal fired. */
  onAbort(): Promise<In>
  /** Called when the reader left before the end. */
  onReturn(): void
  /** Called exactly once for each value, when the reader takes it. */
  deliver(value: In): Out
}

/**
 * A single-consumer stream that answers an abort before anything else does. The caller's signal and
 * the reader's `return()` settle the pending read at once, even if the work is deaf, and then ask the
 * work to stop, without waiting for it. An async generator cannot do this: its `return()` queues
 * behind the pending `await`, so whatever it waits for is leaked until it answers by itself.
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

interface Waiter<Out> {
  readonly resolve: (result: IteratorResult<Out, undefined>) => void
  readonly reject: (reason: unknown) => void
}

interface Slot<In> {
  readonly value: In
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

function createIterator<In, Out>(open: () => AbortFirstSource<In, Out>): AsyncIterator<Out, undefined> {
  const controller = new AbortController()
  const waiters: Waiter<Out>[] = []
  let source: AbortFirstSource<In, Out> | undefined
  let state: 'running' | 'ending' | 'ended' = 'running'
  let slot: Slot<In> | undefined
  let last: { readonly value: In } | undefined
  let unlink = (): void => {}

  function begin(): IteratorResult<Out, undefined> {
    source = open()
    const first = source.deliver(source.first)
    unlink = linkSignal(source.signal, abort)
    // An abort that came beforehand has ended the stream by now: nothing may be touched.
    if (state === 'running') source.produce(emit, controller.signal).then(end, fail)
    return { value: first, done: false }
  }

  function give(value: In): IteratorResult<Out, undefined> {
    return source ? { value: source.deliver(value), done: false } : DONE
  }

  function emit(value: In): Promise<void> | undefined {
    if (state !== 'running') throw controller.signal.reason
    const waiter = waiters.shift()
    if (!waiter) return new Promise((resolve, reject) => (slot = { value, resolve, reject }))
    waiter.resolve(give(value))
    return undefined
  }

  function end(value: In): void {
    if (state === 'running') finish(value)
  }

  function abort(reason: unknown): void {
    // After its last value a run has ended, whether or not that value was read yet.
    if (state !== 'running') return
    state = 'ending'
    stop(reason)
    source?.onAbort().then(finish, fail)
  }

  function finish(value: In): void {
    if (state === 'ended') return
    state = 'ending'
    unlink()
    const waiter = waiters.shift()
    if (!waiter) last = { value }
    else {
      close()
      waiter.resolve(give(value))
    }
  }

  function fail(reason: unknown): void {
    if (state === 'ended') return
    const waiter = waiters.shift()
    close()
    if (waiter) waiter.reject(reason)
  }

  function stop(reason: unknown): void {
    slot?.reject(reason)
    slot = undefined
    controller.abort(reason)
  }

  function close(): void {
    state = 'ended'
    unlink()
    for (const waiter of waiters.splice(0)) waiter.resolve(DONE)
  }

  function take(): IteratorResult<Out, undefined> | undefined {
    if (slot) {
      const { value, resolve } = slot
      slot = undefined
      resolve()
      return give(value)
    }
    if (!last) return undefined
    const { value } = last
    close()
    return give(value)
  }

  return {
    next() {
      if (state === 'ended') return Promise.resolve(DONE)
      if (!source) return Promise.resolve(begin())
      const ready = take()
      if (ready) return Promise.resolve(ready)
      return new Promise((resolve, reject) => waiters.push({ resolve, reject }))
    },

    return() {
      const left = state !== 'ended'
      close()
      if (left) stop(new DOMException('The reader of the stream has left', 'AbortError'))
      if (left) source?.onReturn()
      return Promise.resolve(DONE)
    },
  }
}
