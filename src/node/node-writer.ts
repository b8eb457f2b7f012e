import { createDeadline, type Deadline } from '../core/async/deadline.ts'
import type { Clock } from '../core/async/clock.ts'
import { onceClosed, type ResponseSocket } from './disconnect-signal.ts'
import { MAX_PART_CHARS } from '../sinks/sink-options.ts'

/** The end of a response: written completely, left by the client, or cut because the client took nothing. */
export type SendOutcome = 'ended' | 'disconnected' | 'too-slow'

/** The used part of a response of `node:http`, of the compatibility API of `node:http2`, or of Express. */
export interface NodeResponse {
  /** The status. */
  statusCode: number
  /** The status message; HTTP/2 has none. */
  statusMessage?: string
  /** True if the head was sent. */
  readonly headersSent: boolean
  /** True after `end()`. */
  readonly writableEnded: boolean
  /** True if the response has closed. */
  readonly destroyed?: boolean
  /** The request: its method and its socket. */
  readonly req?:
    | { readonly method?: string | undefined; readonly socket?: ResponseSocket | null | undefined }
    | undefined
  /** The HTTP/2 stream; absent for `node:http`. */
  readonly stream?: { readonly destroyed: boolean; close(code: number): unknown } | undefined
  /** `null` while the response waits for an earlier one on the same connection. */
  readonly socket?: { cork?(): void; uncork?(): void } | null | undefined
  /** True if a header is set. */
  hasHeader(name: string): boolean
  /** Sets a header. */
  setHeader(name: string, value: string): unknown
  /** Sends the headers. The types of `node:http2` do not have it. */
  flushHeaders?(): void
  /** Writes text, or its bytes. Returns false if the buffer is full; calls `onTaken` when the text was sent. */
  write(text: string | Uint8Array, onTaken?: (error?: Error | null) => void): boolean
  /** Writes the last text, or its bytes, and ends the response. */
  end(text: string | Uint8Array): unknown
  /** Breaks the connection. */
  destroy(): unknown
  /** Adds a listener. */
  on(event: 'close' | 'drain' | 'error' | 'finish', listener: () => void): unknown
}

/** Options of a writer. */
export interface NodeWriterOptions {
  /** Maximum time in which a reader takes nothing, in milliseconds. */
  readonly stallMs: number
  /** Measures `stallMs`. */
  readonly clock: Clock
  /** Called once, when the reader has left or was cut off. */
  readonly onGone: () => void
}

/** Writes text to a response as fast as its reader takes it. */
export interface NodeWriter {
  /** Writes text. Returns a promise if the buffer is full; it resolves when there is room or the reader has left. */
  write(text: string): Promise<void> | undefined
  /** Ends the response normally, and resolves with its outcome. */
  end(): Promise<SendOutcome>
  /** Breaks the response, so that the reader sees that something is missing. */
  breakOff(): SendOutcome
}

// Above this, text goes to the response before its turn ends, so that a full buffer stops a source that never waits.
const MOST_JOINED_CHARS = 32_768

// A reader that needs longer than this for a write is slow, and gets smaller writes. Node reports a write only when all
// of it was sent, so smaller writes show progress earlier. They are not the default, because each is a system call.
const SLOW_MS = 500

// After this many characters, a write gets a callback that reports when it was sent. Such a write is a mark.
const MARK_CHARS = 4_096

// Maximum number of pending marks. Node joins pending writes into one, and reports it only when all of it was sent.
// With more marks in it, a slow reader would look like one that takes nothing.
const MOST_MARKS = 1

/**
 * Opens a writer. Over HTTP/1, the text of a turn is sent by one system call at its end: the first text as it is, all other
 * text joined to one chunk. That halves the cost per token. A turn is one callback of Node with all promises that settle
 * after it, hence `nextTick`: `setImmediate` costs 4 % more per token. It uses no timer, and no `cork()` of the response,
 * because `drain` is then unreliable.
 */
export function openNodeWriter(response: NodeResponse, { stallMs, clock, onGone }: NodeWriterOptions): NodeWriter {
  const writer: OpenWriter = {
    response,
    stallMs,
    onGone,
    stall: createDeadline(() => onStall(writer), clock),
    outcome: undefined,
    joining: false,
    joined: '',
    // HTTP/2 does not report how full its window is, and two of the larger writes would fill it.
    mostJoined: response.stream ? MAX_PART_CHARS : MOST_JOINED_CHARS,
    unmarked: 0,
    marks: 0,
    marksCome: false,
    blocked: undefined,
    finished: undefined,
    write,
    end,
    breakOff,
  }
  onceClosed(response, () => leave(writer, 'disconnected'))
  response.on('finish', () => finish(writer))
  response.on('drain', () => unblock(writer))
  // Node emits `close` after an error, which is handled above. Without this listener it would throw.
  response.on('error', ignore)
  return writer
}

/** A writer with its state. Its functions are shared: each open stream has one, and closures of each take more memory. */
interface OpenWriter extends NodeWriter {
  readonly response: NodeResponse
  readonly stallMs: number
  readonly onGone: () => void
  readonly stall: Deadline
  outcome: SendOutcome | undefined
  joining: boolean
  joined: string
  mostJoined: number
  unmarked: number
  marks: number
  /** Middleware may replace `write` by a function that ignores the callback. */
  marksCome: boolean
  blocked: PromiseWithResolvers<void> | undefined
  finished: PromiseWithResolvers<void> | undefined
}

function write(this: OpenWriter, text: string): Promise<void> | undefined {
  if (this.joining) this.joined += text
  else {
    beginTurn(this)
    send(this, text)
  }
  if (this.joined.length > this.mostJoined) flush(this)
  return this.blocked?.promise
}

async function end(this: OpenWriter): Promise<SendOutcome> {
  if (!this.outcome) {
    this.finished = Promise.withResolvers()
    const text = this.joined
    this.joined = ''
    this.stall.set(this.stallMs)
    this.response.end(toChunk(this, text))
    await this.finished.promise
    this.stall.dispose()
  }
  return this.outcome ?? 'disconnected'
}

function breakOff(this: OpenWriter): SendOutcome {
  leave(this, 'disconnected')
  return this.outcome ?? 'disconnected'
}

// For each turn, `node:http` corks the socket, too, with a tick of its own. Corking it before saves that tick, which is a
// twentieth of the cost of a token that arrives alone.
function beginTurn(writer: OpenWriter): void {
  const { stream, socket } = writer.response
  const corked = stream ? undefined : socket
  writer.joining = true
  corked?.cork?.()
  process.nextTick(endTurn, writer, corked)
}

function endTurn(writer: OpenWriter, corked: NodeResponse['socket']): void {
  writer.joining = false
  flush(writer)
  corked?.uncork?.()
}

function flush(writer: OpenWriter): void {
  const text = writer.joined
  writer.joined = ''
  if (text !== '') send(writer, text)
}

function send(writer: OpenWriter, text: string): void {
  if (writer.outcome) return
  writer.unmarked += text.length
  const isFree = writer.unmarked < MARK_CHARS ? writer.response.write(toChunk(writer, text)) : writeMarked(writer, text)
  if (isFree && (writer.marks <= MOST_MARKS || !writer.marksCome)) return
  writer.blocked ??= Promise.withResolvers()
  writer.stall.set(writer.stallMs)
}

function writeMarked(writer: OpenWriter, text: string): boolean {
  writer.unmarked = 0
  writer.marks += 1
  return writer.response.write(toChunk(writer, text), (error) => onTaken(writer, error))
}

// If many streams of a connection wait for its window, `node:http2` of Node 26 sends texts with parts of foreign memory in
// them. Bytes arrive unchanged.
function toChunk({ response }: OpenWriter, text: string): string | Uint8Array {
  return response.stream ? Buffer.from(text) : text
}

function onTaken(writer: OpenWriter, error: Error | null | undefined): void {
  writer.marks -= 1
  if (error || writer.outcome) return
  writer.marksCome = true
  if (writer.marks <= MOST_MARKS) unblock(writer)
  // The reader has taken something, so its time limit starts again.
  if (writer.blocked || writer.finished) writer.stall.set(writer.stallMs)
}

function unblock(writer: OpenWriter): void {
  const { blocked, stall, stallMs } = writer
  if (blocked && stallMs - stall.remaining() > SLOW_MS) writer.mostJoined = MAX_PART_CHARS
  stall.clear()
  blocked?.resolve()
  writer.blocked = undefined
}

// Only an end that `end()` requested counts: `node:http2` emits `finish` after a reset, too. The outcome is set here and not
// after the wait, because `close` would come first.
function finish(writer: OpenWriter): void {
  if (writer.finished) writer.outcome ??= 'ended'
  writer.finished?.resolve()
}

function onStall(writer: OpenWriter): void {
  // The client cannot read this response before earlier ones on the connection have ended, and each of those has its own
  // limit.
  if (writer.response.socket === null) writer.stall.set(writer.stallMs)
  else leave(writer, 'too-slow')
}

function leave(writer: OpenWriter, how: SendOutcome): void {
  if (writer.outcome) return
  writer.outcome = how
  writer.stall.dispose()
  unblock(writer)
  writer.finished?.resolve()
  writer.onGone()
  breakResponse(writer.response)
}

function ignore(): void {}

const HTTP2_INTERNAL_ERROR = 2

/**
 * Breaks a response, so that the reader sees that something is missing. An HTTP/2 stream that is only destroyed looks
 * complete.
 */
export function breakResponse(response: NodeResponse): void {
  if (response.stream) response.stream.close(HTTP2_INTERNAL_ERROR)
  else response.destroy()
}
