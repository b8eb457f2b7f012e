import { linkSignal } from '../core/async/link-signal.ts'
import { pull, type PullReader } from '../core/async/pull.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { OptionNames } from '../core/options/expect-options.ts'
import { frames } from '../sinks/frames.ts'
import { isClosed } from './disconnect-signal.ts'
import { applyStatus } from './node-status.ts'
import { expectStatus } from '../sinks/expect-status.ts'
import { openNodeWriter, type NodeResponse, type NodeWriter, type SendOutcome } from './node-writer.ts'
import { MAX_PART_CHARS, resolveSinkOptions, SINK_OPTIONS, type SinkOptions } from '../sinks/sink-options.ts'

/** Options of {@link sendToNode}. */
export interface SendOptions extends SinkOptions {
  /**
   * The status of the response.
   *
   * @defaultValue the one that you have set on the response, else 200. A 404 or a 201 on it counts as not set: Koa and
   * NestJS preset these, and nothing on the response tells who did
   */
  readonly status?: number | undefined
}

const SEND_OPTIONS: OptionNames<SendOptions> = { ...SINK_OPTIONS, status: true }

/**
 * Sends a stream to a response of `node:http`, of the compatibility API of `node:http2`, of Express, or to the one
 * beneath a framework (`ctx.res` of Koa). Headers that are set already are kept. When the client leaves, or takes nothing
 * for `stallMs`, the run stops: no signal has to be wired. It resolves when the response is over and never rejects for
 * what a client does.
 *
 * @throws TypeError when the stream has a reader already; nothing was written then
 * @throws RangeError for a `status` that no stream can have
 */
export async function sendToNode(
  events: AsyncIterable<ChatEvent>,
  response: NodeResponse,
  options: SendOptions = {},
): Promise<SendOutcome> {
  const { dialect, stallMs, signal, ...resolved } = resolveSinkOptions(options, 'sendToNode', SEND_OPTIONS)
  const status = expectStatus(options.status)
  const source = frames(events, dialect, { ...resolved, maxChars: MAX_PART_CHARS })
  // The client may have left while the application was busy.
  if (isClosed(response) || response.writableEnded) {
    await source.return?.()
    return 'disconnected'
  }
  writeHead(response, status, dialect.headers)
  if (response.req?.method === 'HEAD') {
    await source.return?.()
    response.end('')
    return 'ended'
  }
  const { clock } = resolved
  const writer = openNodeWriter(response, { stallMs, clock, onGone: () => void source.return?.() })
  const unlink = linkSignal(signal, () => writer.breakOff())
  return pump(source, writer).finally(unlink)
}

// Without `async`, so that a token goes from the model to the socket in one call.
function pump(source: AsyncIterator<string, undefined>, writer: NodeWriter): Promise<SendOutcome> {
  return new Promise((resolve) => {
    const reader: PullReader<string> = { onResult, onFailure: breakOff }

    function read(): void {
      pull(source, reader)
    }

    function onResult({ done, value }: IteratorResult<string, undefined>): void {
      try {
        if (done) return resolve(writer.end())
        const full = writer.write(value)
        if (full) void full.then(read)
        else read()
      } catch {
        breakOff()
      }
    }

    // The source could not put its end into a frame: only a broken connection tells the reader.
    function breakOff(): void {
      resolve(writer.breakOff())
    }

    read()
  })
}

function writeHead(
  response: NodeResponse,
  status: number | undefined,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.headersSent) return
  applyStatus(response, status)
  for (const [name, value] of Object.entries(headers)) {
    if (!response.hasHeader(name)) response.setHeader(name, value)
  }
  response.flushHeaders?.()
}
