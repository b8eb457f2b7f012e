import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { RunPosition } from './run-position.ts'

/**
 * Creates a parser of the native protocol, for bytes that may be cut anywhere. It returns the events that they complete,
 * and notes the ids in the position. An event is one line of JSON in server-sent events and in lines of JSON (rules S2
 * and N1), so this needs no general parser.
 */
export function createEventParser(position: Pick<RunPosition, 'lastId'>): (bytes: Uint8Array) => readonly ChatEvent[] {
  const decoder = new TextDecoder()
  // Pieces of the unfinished line, joined once at its end: joining at each read would be quadratic.
  let pieces: string[] = []
  let id: string | undefined

  function parseLine(line: string): readonly ChatEvent[] {
    const [, name, value = line] = /^(data|id): ?(.*)/su.exec(line) ?? []
    if (name === 'id') id = value
    if (name !== 'data' && line[0] !== '{') return []
    const event = Object(JSON.parse(value)) as ChatEvent
    // The id counts when its event has come. Data without a `seq` is not of this protocol.
    position.lastId = id ?? position.lastId
    return event.seq >= 0 ? [event] : []
  }

  return (bytes) => {
    const lines = decoder.decode(bytes, { stream: true }).split('\n')
    const rest = lines.pop() ?? ''
    const complete = lines.flatMap((line) => {
      const whole = pieces.join('') + line
      pieces = []
      return parseLine(whole)
    })
    pieces.push(rest)
    return complete
  }
}
