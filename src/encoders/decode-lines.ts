import { DONE } from '../core/async/iterators.ts'
import { ChatError } from '../core/errors.ts'
import { openByteReader, type ByteSource } from './read-bytes.ts'

/**
 * Decodes a stream of lines that end in LF or CRLF, wherever its bytes were cut; empty ones are skipped. A line that
 * the end of the stream cut off is dropped: what was to follow it is missing.
 *
 * @throws ChatError `upstream-bad-response` for a line beyond `maxEventBytes`, or what the source throws
 */
export function decodeLines(
  source: ByteSource,
  options: { readonly maxEventBytes: number },
): AsyncIterableIterator<readonly string[], undefined> {
  const decoder = new TextDecoder()
  const reader = openByteReader(source)
  const fragments: string[] = []
  let held = 0
  let ended = false

  async function readBatch(): Promise<IteratorResult<readonly string[], undefined>> {
    while (!ended) {
      const { done, value } = await reader.read()
      if (done) break
      const lines = split(decoder.decode(value, { stream: true }))
      if (lines.length > 0) return { value: lines, done: false }
      if (held > options.maxEventBytes) {
        stop()
        throw tooLong(options.maxEventBytes)
      }
    }
    ended = true
    return DONE
  }

  // Fragments are joined once, at their line's end: joining at each read is quadratic in a long line.
  function split(text: string): readonly string[] {
    const lines = text.split('\n')
    const rest = lines.pop() ?? ''
    const [first, ...others] = lines
    if (first === undefined) {
      hold(rest)
      return []
    }
    const complete = [...fragments.splice(0), first].join('')
    held = 0
    hold(rest)
    return [complete, ...others].map((line) => line.replace(/\r$/u, '')).filter((line) => line !== '')
  }

  function hold(rest: string): void {
    fragments.push(rest)
    held += rest.length
  }

  function stop(): void {
    ended = true
    reader.cancel()
  }

  return {
    next: readBatch,
    return() {
      stop()
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function tooLong(maxEventBytes: number): ChatError {
  const message = `A line is larger than ${maxEventBytes} characters (maxEventBytes)`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
