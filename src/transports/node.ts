import { pull, type PullReader } from '../core/async/pull.ts'
import type { Clock } from '../core/clock.ts'
import type { ChatEvent } from '../core/events.ts'
import { frames } from '../protocols/frames.ts'
import { openNodeWriter, type NodeResponse, type SendOutcome } from './node-writer.ts'
import { resolveSinkOptions, type SinkOptions } from './sink-options.ts'

/**
 * Sends a stream to a response of `node:http`, of the compatibility API of `node:http2`, or of Express. Headers that
 * are set already are kept. When the client leaves, or takes nothing for `stallMs`, the run stops: no signal has to be
 * wired. It resolves when the response is over and never rejects for what a client does.
 *
 * @throws TypeError when the stream has a reader already; nothing was written then
 */
export async function sendToNode(
  events: AsyncIterable<ChatEvent>,
  response: NodeResponse,
  options: SinkOptions = {},
): Promise<SendOutcome> {
  const { dialect, stallMs, ...resolved } = resolveSinkOptions(options, 'sendToNode')
  const source = frames(events, dialect, resolved)
  if (isGone(response)) {
    await source.return?.()
    return 'disconnected'
  }
  writeHeaders(response, dialect.headers)
  if (response.req?.method === 'HEAD') {
    await source.return?.()
    response.end('')
    return 'ended'
  }
  return pump(source, response, { stallMs, clock: resolved.clock })
}

// Without `async`, so that a token goes from the model to the socket in one call.
function pump(
  source: AsyncIterator<string, undefined>,
  response: NodeResponse,
  options: { readonly stallMs: number; readonly clock: Clock },
): Promise<SendOutcome> {
  const writer = openNodeWriter(response, { ...options, onGone: () => void source.return?.() })
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

// A client may have left while the handler was busy. A response of `node:http2` does not say so, but its stream does.
function isGone(response: NodeResponse): boolean {
  return response.destroyed === true || response.writableEnded || response.stream?.destroyed === true
}

function writeHeaders(response: NodeResponse, headers: Readonly<Record<string, string>>): void {
  if (response.headersSent) return
  for (const [name, value] of Object.entries(headers)) {
    if (!response.hasHeader(name)) response.setHeader(name, value)
  }
  response.flushHeaders?.()
}
