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
  const body = isAsking ? { ...question, runId } : undefined
  const pending = sendRequest(client, isAsking ? '/chat' : `/runs/${runId}/events`, { body, headers, signal })
  // No limit for a question: a server may let it wait for the end of another answer.
  const response = await inTime(pending, isAsking ? Infinity : client.idleMs, signal)
  position.question = undefined
  const { status } = response
  if (status === 204) throw clientError('run-expired', { status })
  // A proxy or a login page may answer any request with HTML.
  const reader = /event-stream|ndjson/u.test(`${response.headers.get('content-type')}`) && response.body?.getReader()
  if (!reader) throw clientError('bad-response', { status })
  signal.addEventListener('abort', () => void reader.cancel().catch(() => {}))

  const received = { lastId }
  const parse = createEventParser(received)
  return async () => {
    // Not earlier: a reader that leaves in the middle of some events gets the others when it comes back.
    position.lastId = received.lastId
    const { value } = await inTime(reader.read(), client.idleMs, signal)
    // The stream has ended before its last event.
    if (!value) throw clientError('unreachable')
    try {
      return parse(value)
    } catch (cause) {
      throw clientError('bad-response', { cause })
    }
  }
}
