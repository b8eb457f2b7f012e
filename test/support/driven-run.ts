import { linkSignal } from '../../src/core/async/link-signal.ts'
import { isChatError, type ChatEvent, type ErrorCode, type FinishReason } from '../../src/index.ts'
import { resultOf, START, token } from './chat-events.ts'
import { drivenStream } from './driven-stream.ts'

/** The stream of a run, driven by a test; it ends as that of `streamChat` does when its signal aborts. */
export interface DrivenRun {
  /** The value for `start` of a registry. */
  readonly open: (signal: AbortSignal) => AsyncIterable<ChatEvent>
  /** Emits `start` and one event that shows that the work has begun. */
  begin(): void
  say(delta: string): void
  finish(finishReason?: FinishReason): void
  fail(code: ErrorCode): void
  /** Throws an error, which a stream must not do. */
  breakOff(error: unknown): void
  /** Ends without a terminal event. */
  vanish(): void
  /** The number of times it was opened. */
  readonly opened: number
  /** The number of reads: 0 for a run that has caused no cost. */
  readonly reads: number
  /** True if it has ended. */
  readonly ended: boolean
}

/** Creates the stream of a run. */
export function drivenRun(): DrivenRun {
  const stream = drivenStream()
  let opened = 0
  let seq = 0
  let answer = ''
  let ended = false

  function push(event: ChatEvent): void {
    if (ended) return
    seq += 1
    stream.push(event)
  }

  // Every stream begins with its start event, however it ends.
  function start(): void {
    if (seq === 0) push(START)
  }

  function finish(finishReason: FinishReason = 'stop'): void {
    start()
    push({ type: 'done', seq, ...resultOf(answer), finishReason })
    ended = true
  }

  function fail(code: ErrorCode): void {
    start()
    const partial = { ...resultOf(answer), finishReason: 'error' } as const
    push({ type: 'error', seq, code, message: `It failed with ${code}`, retryable: true, phase: 'generating', partial })
    ended = true
  }

  return {
    open(signal) {
      opened += 1
      linkSignal(signal, (reason) => {
        if (isChatError(reason)) fail(reason.code)
        else finish('abort')
      })
      return stream
    },
    begin() {
      start()
      push({ type: 'status', seq, phase: 'generating' })
    },
    say(delta) {
      const at = answer.length
      answer += ended ? '' : delta
      push(token(delta, { seq, at }))
    },
    finish,
    fail,
    breakOff(error) {
      ended = true
      stream.fail(error)
    },
    vanish() {
      ended = true
      stream.end()
    },
    get opened() {
      return opened
    },
    get reads() {
      return stream.reads
    },
    get ended() {
      return ended
    },
  }
}
