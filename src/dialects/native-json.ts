import type { ChatEvent } from '../core/vocabulary/events.ts'
import { JSON_HEADERS } from '../encoders/headers.ts'
import type { Dialect } from './dialect.ts'

/** The whole answer as one JSON object with its ids. A failed run becomes an error status with an error body. */
export const nativeJson: Dialect & { readonly name: 'json'; readonly holdsStatus: true } = {
  name: 'json',
  mediaType: 'application/json',
  headers: JSON_HEADERS,
  opening: '',
  keepAlive: '',
  breaksOnError: true,
  holdsStatus: true,
  schema: { $ref: '#/components/schemas/Answer' },
  open() {
    let ids: RunIds = {}
    return (event) => {
      if (event.type === 'start') ids = idsOf(event)
      if (event.type !== 'done') return ''
      const { type: _type, seq: _seq, ...result } = event
      return JSON.stringify({ ...ids, ...result })
    }
  },
}

/** The ids of a run, as far as they are known. */
export interface RunIds {
  /** The run. */
  readonly runId?: string
  /** The answer. */
  readonly messageId?: string
  /** The conversation, if there is one. */
  readonly threadId?: string
}

/** Returns the ids of a `start` event; other events have none. A run that existed before the request has other ids. */
export function idsOf(event: ChatEvent): RunIds {
  if (event.type !== 'start') return {}
  const { runId, messageId, threadId } = event
  return { runId, messageId, ...(threadId !== undefined && { threadId }) }
}
