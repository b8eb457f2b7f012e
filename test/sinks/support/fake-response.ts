import { EventEmitter } from 'node:events'
import type { NodeResponse } from '../../../src/node.ts'

/** A response without a socket; the test plays its reader. */
export interface FakeResponse extends NodeResponse {
  readonly headers: ReadonlyMap<string, string>
  /** Each write, and the text of the end if it had any. */
  readonly written: readonly string[]
  readonly ended: boolean
  /** Codes that the HTTP/2 stream was closed with. */
  readonly closedWith: readonly number[]
  /** The connection; `null` while another response has it. */
  socket: object | null
  /** Reports the oldest unreported write as accepted, if `tells` is set. */
  take(): void
  /** True if the buffer is full from now on, so that `write` returns false. */
  full: boolean
  emit(event: 'close' | 'drain' | 'error' | 'finish', error?: Error): boolean
}

/** Creates a response of `node:http`, or with `http2` one of `node:http2`. */
export function fakeResponse(
  options: {
    readonly http2?: boolean
    /** True if the callback of a write is called when it was accepted. */
    readonly tells?: boolean
    readonly method?: string
    readonly headersSent?: boolean
    readonly headers?: Readonly<Record<string, string>>
    readonly gone?: 'destroyed' | 'ended' | 'stream destroyed'
  } = {},
): FakeResponse {
  const events = new EventEmitter()
  const headers = new Map(Object.entries(options.headers ?? {}))
  const written: string[] = []
  const closedWith: number[] = []
  const untaken: (() => void)[] = []
  let ended = options.gone === 'ended'
  let destroyed = options.gone === 'destroyed'
  const stream = {
    destroyed: options.gone === 'stream destroyed',
    close: (code: number) => void closedWith.push(code),
  }
  return {
    full: false,
    statusCode: 200,
    socket: {},
    take: () => untaken.shift()?.(),
    headers,
    written,
    closedWith,
    get ended() {
      return ended
    },
    get destroyed() {
      return destroyed
    },
    get writableEnded() {
      return ended
    },
    headersSent: options.headersSent ?? false,
    req: { method: options.method },
    stream: options.http2 || stream.destroyed ? stream : undefined,
    hasHeader: (name) => headers.has(name),
    setHeader: (name, value) => headers.set(name, value),
    write(text, onTaken) {
      written.push(textOf(text))
      if (options.tells && onTaken) untaken.push(onTaken)
      return !this.full
    },
    end(text) {
      ended = true
      if (text.length > 0) written.push(textOf(text))
    },
    destroy() {
      destroyed = true
    },
    on: (event, listener) => events.on(event, listener),
    emit: (event, error) => events.emit(event, error),
  }
}

function textOf(text: string | Uint8Array): string {
  return typeof text === 'string' ? text : Buffer.from(text).toString()
}
