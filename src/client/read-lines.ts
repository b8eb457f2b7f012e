/** What a stream of the native protocol has said, line by line. */
export interface StreamLines {
  /** Called with the parsed data of an event, and the id of its frame, if it has one. */
  readonly onData: (data: unknown, id: string | undefined) => void
  /** Called with the time that the server asks to wait before the next connection, in milliseconds. */
  readonly onRetry: (ms: number) => void
}

// The last event has the whole result. The readers of `ragwire/sse` have the same limit.
const MAX_CHARS = 2 ** 24

/**
 * Reads the native protocol, as server-sent events or as lines of JSON: each event is one line in both (rules S2 and
 * N1), so this needs no general parser. The bytes may be cut anywhere.
 */
export function createLineReader({ onData, onRetry }: StreamLines): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder()
  // Pieces of the unfinished line, joined once at its end: joining at each read would be quadratic.
  let pieces: string[] = []
  let length = 0
  let id: string | undefined

  function readLine(line: string): void {
    const [, name, value = ''] = /^(data|id|retry): ?(.*)/su.exec(line) ?? []
    if (name === 'id') id = value
    else if (name === 'retry') onRetry(Number(value))
    else if (name === 'data' || line.startsWith('{')) {
      onData(JSON.parse(name === 'data' ? value : line), id)
      id = undefined
    }
  }

  return (bytes) => {
    const [first = '', ...rest] = decoder.decode(bytes, { stream: true }).split('\n')
    pieces.push(first)
    length += first.length
    if (length > MAX_CHARS) throw new RangeError(`A line is longer than ${MAX_CHARS} characters`)
    for (const piece of rest) {
      readLine(pieces.join('').trimEnd())
      pieces = [piece]
      length = piece.length
    }
  }
}
