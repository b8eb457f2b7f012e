import type { ChatEvent } from '../core/vocabulary/events.ts'
import { clientError } from './client-error.ts'
import type { ResolvedClientOptions } from './client-options.ts'
import { inTime } from './in-time.ts'
import { createEventParser } from './parse-events.ts'
import type { RunPosition } from './run-position.ts'
import { sendRequest } from './send-request.ts'

/** Resolves with the events of the next bytes. Rejects when the connection breaks. */
export type ReadEvents = () => Promise<readonly ChatEvent[]>

/**
 * Connects to a run after its position, or sends its question if that was not sent yet. The connection breaks after a
 * silence of `idleMs`; it is closed when `signal` fires.
 */
export async function connect(
  position: RunPosition,
  client: ResolvedClientOptions,
  signal: AbortSignal,
): Promise<ReadEvents> {
  const { question, isSent, runId, lastId } = position
  const isAsking = question && !isSent
  position.isSent = true
  const headers = { accept: 'text/event-stream', ...(lastId && { 'last-event-id': lastId }) }
  const pending = isAsking
    ? sendRequest(client, '/chat', { body: { ...question, runId }, headers, signal })
    : sendRequest(client, `/runs/${runId}/events`, { headers, signal })
  // No limit for a question: a server may let it wait for the end of another answer.
  const response = await inTime(pending, isAsking ? Infinity : client.idleMs, signal)
  position.question = undefined
  const { status, body } = response
  if (status === 204) throw clientError('run-expired', { status })
  // A proxy or a login page may answer any request with HTML.
  const reader = /event-stream|ndjson/u.test(`${response.headers.get('content-type')}`) && body?.getReader()
  if (!reader) throw clientError('bad-response', { status })
  signal.addEventListener('abort', () => void reader.cancel().catch(() => {}))

  const parse = createEventParser(position)
  return async () => {
    const { value } = await inTime(reader.read(), client.idleMs, signal)
    if (!value) throw new Error('The stream ended before its last event')
    try {
      return parse(value)
    } catch (cause) {
      throw clientError('bad-response', { cause })
    }
  }
}
