/** An event as a page receives it from `EventSource`. */
export interface PageEvent {
  readonly type: string
  readonly data: string
  readonly lastEventId: string
}

/**
 * Reads a whole event stream as the HTML standard says (9.2.6 "Interpreting an event stream"), and shares no code with
 * the decoder under test: a second opinion.
 */
export function parseEventStream(bytes: Uint8Array): readonly PageEvent[] {
  // Decoding removes one byte order mark. Text after the last line end is not a line.
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/)
  lines.pop()
  const events: PageEvent[] = []
  let data = ''
  let type = ''
  let lastEventId = ''
  for (const line of lines) {
    if (line === '') {
      if (data !== '') events.push({ type: type || 'message', data: data.slice(0, -1), lastEventId })
      data = ''
      type = ''
      continue
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data += `${value}\n`
    else if (field === 'event') type = value
    else if (field === 'id' && !value.includes('\0')) lastEventId = value
  }
  return events
}
