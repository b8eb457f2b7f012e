import { DONE } from '../core/async/iterators.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
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
  // Fragments are joined once, at their line's end: joining at each read is quadratic in a long line.
  const fragments: string[] = []
  let held = 0
  let lines: string[] = []
  let failure: ChatError | undefined
  let ended = false

  async function readBatch(): Promise<IteratorResult<readonly string[], undefined>> {
    // What arrived before a failure is handed on before it.
    while (lines.length === 0) {
      if (failure) {
        stop()
        throw failure
      }
      if (ended) return DONE
      const { done, value } = await reader.read()
      if (done) ended = true
      else split(decoder.decode(value, { stream: true }))
    }
    return { value: takeLines(), done: false }
  }

  function split(text: string): void {
    const pieces = text.split('\n')
    const rest = pieces.pop() ?? ''
    for (const piece of pieces) {
      hold(piece)
      endLine()
    }
    hold(rest)
  }

  function hold(fragment: string): void {
    fragments.push(fragment)
    held += fragment.length
    if (held > options.maxEventBytes) failure ??= tooLong(options.maxEventBytes)
  }

  function endLine(): void {
    const line = fragments.splice(0).join('').replace(/\r$/u, '')
    held = 0
    if (!failure && line !== '') lines.push(line)
  }

  function takeLines(): readonly string[] {
    const batch = lines
    lines = []
    return batch
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
