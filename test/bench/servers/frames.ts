// The frames and the parse of a hand-written relay.
import { createParser, type EventSourceParser } from 'eventsource-parser'
import type { ServerResponse } from 'node:http'
import { PASSAGES } from '../workload.ts'

/** Begins the answer: its headers, and the passages as sources. */
export function beginAnswer(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const passage of PASSAGES) response.write(`event: source\ndata: ${JSON.stringify(passage)}\n\n`)
}

/** Creates a parser of the model's stream that writes each token to the response. */
export function tokenWriter(response: ServerResponse): EventSourceParser {
  return createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return
      const chunk = JSON.parse(data) as { choices: { delta: { content?: string } }[] }
      const delta = chunk.choices[0]?.delta.content
      if (delta) response.write(`event: token\ndata: ${JSON.stringify({ delta })}\n\n`)
    },
  })
}

/** Ends the answer. */
export function endAnswer(response: ServerResponse): void {
  response.end('event: done\ndata: {}\n\n')
}
