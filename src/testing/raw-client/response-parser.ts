/** The head of a response. */
export interface RawResponseHead {
  /** The status. */
  readonly status: number
  /** The headers. Repeated fields are joined by `, `. */
  readonly headers: Headers
}

/** The callbacks of {@link createResponseParser}. */
export interface ResponseParserOptions {
  /** The method of the request: the response to HEAD has no body. */
  readonly method: string
  /** Called with the head of the response. */
  readonly onHead: (head: RawResponseHead) => void
  /** Called with bytes of the body, without their chunk frames. */
  readonly onBody: (bytes: Uint8Array) => void
  /** Called when the response has ended according to HTTP. */
  readonly onComplete: () => void
}

/** Parses one HTTP/1.1 response (RFC 9112) from bytes that are cut at any positions. */
export interface ResponseParser {
  /** Parses the next bytes. */
  push(bytes: Uint8Array): void
  /** Call it when the connection has ended: this completes a body without a length. */
  finish(): void
}

type State = 'head' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer' | 'sized' | 'unsized' | 'complete'

/** Creates the parser of one response. Its `push` throws an `Error` for bytes that are not HTTP/1.1. */
export function createResponseParser(options: ResponseParserOptions): ResponseParser {
  let state: State = 'head'
  let pending = Buffer.alloc(0)
  let left = 0

  /** Takes the bytes before `mark`, if they have arrived completely. */
  const takeUntil = (mark: string): string | undefined => {
    const end = pending.indexOf(mark)
    if (end === -1) return undefined
    const text = pending.toString('latin1', 0, end)
    pending = pending.subarray(end + mark.length)
    return text
  }

  const takeBody = (most: number) => {
    const bytes = pending.subarray(0, most)
    pending = pending.subarray(bytes.length)
    left -= bytes.length
    if (bytes.length > 0) options.onBody(bytes)
  }

  const go = (next: State) => {
    state = next
    if (next === 'complete') options.onComplete()
  }

  const readHead = (text: string) => {
    const head = parseHead(text)
    if (head.status < 200) return
    options.onHead(head)
    if (options.method === 'HEAD' || head.status === 204 || head.status === 304) return go('complete')
    if (head.headers.get('transfer-encoding') === 'chunked') return go('chunk-size')
    const length = head.headers.get('content-length')
    left = Number(length ?? Infinity)
    go(length === null ? 'unsized' : left === 0 ? 'complete' : 'sized')
  }

  const readChunkSize = (line: string) => {
    if (!/^[0-9a-f]+(?:;.*)?$/i.test(line)) throw new Error(`Cannot read chunk size ${JSON.stringify(line)}`)
    left = Number.parseInt(line, 16)
    go(left === 0 ? 'trailer' : 'chunk-data')
  }

  /** Processes the available bytes; returns false when it needs more of them. */
  const advance = (): boolean => {
    if (state === 'complete') return false
    if (state === 'chunk-data' || state === 'sized' || state === 'unsized') {
      if (pending.length === 0) return false
      takeBody(left)
      if (left === 0) go(state === 'sized' ? 'complete' : 'chunk-end')
      return true
    }
    const text = takeUntil(state === 'head' ? '\r\n\r\n' : '\r\n')
    if (text === undefined) return false
    if (state === 'head') readHead(text)
    else if (state === 'chunk-size') readChunkSize(text)
    else if (state === 'chunk-end') go('chunk-size')
    else if (text === '') go('complete')
    return true
  }

  return {
    push(bytes) {
      pending = Buffer.concat([pending, bytes])
      while (advance());
    },
    finish() {
      if (state === 'unsized') go('complete')
    },
  }
}

function parseHead(text: string): RawResponseHead {
  const [statusLine = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1]
  if (!status) throw new Error(`Cannot read status line ${JSON.stringify(statusLine)}`)
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return { status: Number(status), headers }
}
