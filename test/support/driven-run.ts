import { linkSignal } from '../../src/core/async/link-signal.ts'
import { isChatError, type ChatEvent, type ErrorCode, type FinishReason } from '../../src/index.ts'
import { resultOf, START, token } from './chat-events.ts'
import { drivenStream } from './driven-stream.ts'

/** The stream of a run, driven by a test; it ends as that of `streamChat` does when its signal fires. */
export interface DrivenRun {
  /** What `start` of a registry is given. */
  readonly open: (signal: AbortSignal) => AsyncIterable<ChatEvent>
  /** Says `start`, and what shows that the work has begun. */
  begin(): void
  say(delta: string): void
  finish(finishReason?: FinishReason): void
  fail(code: ErrorCode): void
  /** Throws what a stream must not throw. */
  breakOff(error: unknown): void
  /** Ends without a terminal event. */
  vanish(): void
  /** How often it was opened. */
  readonly opened: number
  /** How often the next event was asked for: 0 for a run that has cost nothing. */
  readonly reads: number
  /** Whether it has come to its end. */
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

  // Whatever becomes of a stream, it begins with its start.
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
