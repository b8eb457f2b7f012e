import { DONE, toIterator } from '../core/async/iterators.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { createByteReader, type ByteSource } from '../core/async/byte-reader.ts'

/**
 * Decodes a stream of lines that end in LF or CRLF. The bytes may be cut anywhere. Empty lines are skipped, and an
 * incomplete last line is dropped.
 *
 * @throws ChatError `upstream-bad-response` for a line longer than `maxEventBytes`; also the errors of the source
 */
export function decodeLines(
  source: ByteSource,
  options: { readonly maxEventBytes: number },
): AsyncIterableIterator<readonly string[], undefined> {
  const decoder = new TextDecoder()
  const reader = createByteReader(source)
  // Fragments are joined once, at the end of the line: joining at each read would be quadratic in a long line.
  const fragments: string[] = []
  let held = 0
  let lines: string[] = []
  let failure: ChatError | undefined
  let ended = false

  async function readBatch(): Promise<IteratorResult<readonly string[], undefined>> {
    // Lines that arrived before a failure are returned before it is thrown.
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

  return toIterator(readBatch, stop)
}

function tooLong(maxEventBytes: number): ChatError {
  const message = `A line is larger than ${maxEventBytes} characters (maxEventBytes)`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
