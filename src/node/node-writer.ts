import { createDeadline } from '../core/async/deadline.ts'
import type { Clock } from '../core/async/clock.ts'
import { onceClosed, type ResponseSocket } from './disconnect-signal.ts'
import { MAX_PART_CHARS } from '../sinks/sink-options.ts'

/** How a response ended: written to its end, left by the client, or cut because the client took nothing. */
export type SendOutcome = 'ended' | 'disconnected' | 'too-slow'

/** What a response must be able to do: that of `node:http`, of `node:http2`'s compatibility API, and of Express can. */
export interface NodeResponse {
  statusCode: number
  /** Absent where HTTP has none. */
  statusMessage?: string
  readonly headersSent: boolean
  readonly writableEnded: boolean
  readonly destroyed?: boolean
  readonly req?:
    | { readonly method?: string | undefined; readonly socket?: ResponseSocket | null | undefined }
    | undefined
  /** The stream beneath, where there is one of its own: `node:http2`. */
  readonly stream?: { readonly destroyed: boolean; close(code: number): unknown } | undefined
  /** `null` while it waits behind another response on the same connection. */
  readonly socket?: object | null | undefined
  hasHeader(name: string): boolean
  setHeader(name: string, value: string): unknown
  /** The types of `node:http2` leave it out. */
  flushHeaders?(): void
  write(text: string, onTaken?: (error?: Error | null) => void): boolean
  end(text: string): unknown
  destroy(): unknown
  on(event: 'close' | 'drain' | 'error' | 'finish', listener: () => void): unknown
}

/** How a writer treats its reader. */
export interface NodeWriterOptions {
  readonly stallMs: number
  readonly clock: Clock
  /** Called once, when the reader has left or was cut off. */
  readonly onGone: () => void
}

/** Writes text to a response as fast as its reader takes it. */
export interface NodeWriter {
  /** Takes text; a promise means that the reader is behind, and resolves when it has caught up or is gone. */
  write(text: string): Promise<void> | undefined
  /** Ends the response in order, and resolves with how it went. */
  end(): Promise<SendOutcome>
  /** Ends it so that the reader sees that something is missing. */
  breakOff(): SendOutcome
}

// Beyond this, text is written before its turn is over: a source that never waits must not collect for ever.
const MOST_JOINED_CHARS = 32_768

// A reader that takes longer than this for a write is slow. It gets smaller ones, so that what it takes is seen in time:
// nothing is told of a write before all of it was taken, and each write costs a call of the system.
const SLOW_MS = 500

// After so many characters, a write asks to be told when it was taken.
const MARK_CHARS = 4_096

// Marks that may be out. Node joins what waits into one write, of which nothing is told before all of it was taken: with
// more in it, a slow reader would look like one that takes nothing.
const MOST_MARKS = 1

/**
 * Opens a writer. The first text of a turn is written at once, and what else comes in that turn is joined into one write
 * at its end: half the cost per token of a write for each. A turn is one callback of Node with all the promises that
 * settle after it, hence `nextTick`: `setImmediate` costs 4 % more per token. There is no timer in it, and no `cork()`,
 * whose `drain` is unreliable.
 */
export function openNodeWriter(response: NodeResponse, options: NodeWriterOptions): NodeWriter {
  const { stallMs } = options
  const stall = createDeadline(onStall, options.clock)
  let outcome: SendOutcome | undefined
  let joining = false
  let joined = ''
  // HTTP/2 tells nothing of what its window holds, which is as large as two of the larger writes.
  let mostJoined = response.stream ? MAX_PART_CHARS : MOST_JOINED_CHARS
  let unmarked = 0
  let marks = 0
  // Middleware may replace `write` by one that drops the callback.
  let marksCome = false
  let blocked: PromiseWithResolvers<void> | undefined
  let finished: PromiseWithResolvers<void> | undefined

  onceClosed(response, () => leave('disconnected'))
  response.on('finish', finish)
  response.on('drain', unblock)
  // Node says the rest with `close`; without a listener it would throw.
  response.on('error', () => {})

  function onStall(): void {
    // Nobody can take it before the responses ahead of it are over, each of which has a limit of its own.
    if (response.socket === null) stall.set(stallMs)
    else leave('too-slow')
  }

  function leave(how: SendOutcome): void {
    if (outcome) return
    outcome = how
    stall.dispose()
    unblock()
    finished?.resolve()
    options.onGone()
    breakResponse(response)
  }

  // Only an end that we asked for counts: after a reset, `node:http2` says `finish`, too. It is noted here and not
  // where the end is awaited, because `close` comes first there.
  function finish(): void {
    if (finished) outcome ??= 'ended'
    finished?.resolve()
  }

  function unblock(): void {
    if (blocked && stallMs - stall.remaining() > SLOW_MS) mostJoined = MAX_PART_CHARS
    stall.clear()
    blocked?.resolve()
    blocked = undefined
  }

  function send(text: string): void {
    if (outcome) return
    unmarked += text.length
    const isFree = unmarked < MARK_CHARS ? response.write(text) : writeMarked(text)
    if (isFree && (marks <= MOST_MARKS || !marksCome)) return
    blocked ??= Promise.withResolvers()
    stall.set(stallMs)
  }

  function writeMarked(text: string): boolean {
    unmarked = 0
    marks += 1
    return response.write(text, onTaken)
  }

  function onTaken(error?: Error | null): void {
    marks -= 1
    if (error || outcome) return
    marksCome = true
    if (marks <= MOST_MARKS) unblock()
    // The reader has taken something: its time begins anew.
    if (blocked || finished) stall.set(stallMs)
  }

  function flush(): void {
    const text = joined
    joined = ''
    if (text !== '') send(text)
  }

  function endTurn(): void {
    joining = false
    flush()
  }

  return {
    write(text) {
      if (joining) joined += text
      else {
        joining = true
        process.nextTick(endTurn)
        send(text)
      }
      if (joined.length > mostJoined) flush()
      return blocked?.promise
    },

    async end() {
      if (!outcome) {
        finished = Promise.withResolvers()
        const text = joined
        joined = ''
        stall.set(stallMs)
        response.end(text)
        await finished.promise
        stall.dispose()
      }
      return outcome ?? 'disconnected'
    },

    breakOff() {
      leave('disconnected')
      return outcome ?? 'disconnected'
    },
  }
}

const HTTP2_INTERNAL_ERROR = 2

/**
 * Breaks a response, so that the reader sees that something is missing. A stream of HTTP/2 that is just destroyed looks
 * complete.
 */
export function breakResponse(response: NodeResponse): void {
  if (response.stream) response.stream.close(HTTP2_INTERNAL_ERROR)
  else response.destroy()
}
