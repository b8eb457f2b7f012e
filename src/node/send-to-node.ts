import { linkSignal } from '../core/async/link-signal.ts'
import { PULL, type PullIterator, type PullReader } from '../core/async/pull.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { OptionNames } from '../core/options/expect-options.ts'
import type { Encoding } from '../dialects/encoding.ts'
import { frames } from '../sinks/frames.ts'
import { isClosed } from './disconnect-signal.ts'
import { applyStatus } from './apply-status.ts'
import { expectStatus } from '../sinks/expect-status.ts'
import { openNodeWriter, type NodeResponse, type NodeWriter, type SendOutcome } from './node-writer.ts'
import {
  MAX_PART_CHARS,
  resolveSinkOptions,
  SINK_OPTIONS,
  type ResolvedSinkOptions,
  type SinkOptions,
} from '../sinks/sink-options.ts'

/** Options of {@link sendToNode}. */
export interface SendOptions extends SinkOptions {
  /**
   * The status of the response.
   *
   * @defaultValue the status that you have set on the response, otherwise 200. A 404 or a 201 counts as not set,
   * because Koa and NestJS preset them
   */
  readonly status?: number | undefined
}

const SEND_OPTIONS: OptionNames<SendOptions> = { ...SINK_OPTIONS, status: true }

/**
 * Sends a stream to a response of `node:http`, of the compatibility API of `node:http2`, of Express, or to the Node
 * response of a framework (`ctx.res` of Koa). Headers that are already set are kept. When the client leaves, or takes
 * nothing for `stallMs`, the run stops: no signal is needed. It resolves when the response has ended, and no action of
 * the client makes it reject.
 *
 * @throws TypeError when the stream has a reader already; nothing was written then
 * @throws RangeError for a `status` that no stream can have
 */
export async function sendToNode(
  events: AsyncIterable<ChatEvent>,
  response: NodeResponse,
  options: SendOptions = {},
): Promise<SendOutcome> {
  const resolved = resolveSinkOptions(options, 'sendToNode', SEND_OPTIONS)
  return writeEvents(events, response, { ...resolved, status: expectStatus(options.status) })
}

/** Options of {@link writeEvents}. */
export interface WriteOptions extends ResolvedSinkOptions {
  /** The status of the response; undefined for the one that it has. */
  readonly status: number | undefined
}

/** Sends a stream with options that are complete and checked, as {@link sendToNode} does. */
export async function writeEvents(
  events: AsyncIterable<ChatEvent>,
  response: NodeResponse,
  { dialect, stallMs, signal, status, ...options }: WriteOptions,
): Promise<SendOutcome> {
  const source = frames(events, dialect, { ...options, maxChars: MAX_PART_CHARS })
  // The client may have left while the application was busy.
  if (isClosed(response) || response.writableEnded) {
    await source.return?.()
    return 'disconnected'
  }
  writeHead(response, status, dialect)
  if (response.req?.method === 'HEAD') {
    await source.return?.()
    response.end('')
    return 'ended'
  }
  const { clock } = options
  const writer = openNodeWriter(response, { stallMs, clock, onGone: () => void source.return?.() })
  const unlink = linkSignal(signal, () => writer.breakOff())
  return pump(source, writer).finally(unlink)
}

// Without `async`, so that a token passes from the model to the socket in one call.
function pump(source: PullIterator<string>, writer: NodeWriter): Promise<SendOutcome> {
  return new Promise((resolve) => {
    const pump: Pump = { source, writer, resolve, onResult: writeFrame, onFailure: breakOff }
    // In a microtask, because the writer joins what a turn of promises writes: a retriever in memory has answered in it, so
    // that the head, the start and the sources leave in one system call instead of two.
    queueMicrotask(() => readFrame(pump))
  })
}

/** The state of {@link pump}. */
interface Pump extends PullReader<string> {
  readonly source: PullIterator<string>
  readonly writer: NodeWriter
  readonly resolve: (outcome: SendOutcome | Promise<SendOutcome>) => void
}

function readFrame(pump: Pump): void {
  pump.source[PULL](pump)
}

function writeFrame(this: Pump, { done, value }: IteratorResult<string, undefined>): void {
  try {
    if (done) return this.resolve(this.writer.end())
    const full = this.writer.write(value)
    if (full) void full.then(() => readFrame(this))
    else readFrame(this)
  } catch {
    this.onFailure(undefined)
  }
}

// The dialect cannot represent the end of the stream, so a broken connection shows it to the reader.
function breakOff(this: Pump): void {
  this.resolve(this.writer.breakOff())
}

function writeHead(response: NodeResponse, status: number | undefined, { headers, opening }: Encoding): void {
  if (response.headersSent) return
  applyStatus(response, status)
  for (const [name, value] of Object.entries(headers)) {
    if (!response.hasHeader(name)) response.setHeader(name, value)
  }
  // The opening is written at once, and takes the head with it.
  if (opening === '') response.flushHeaders?.()
}
