import type { FaultHit } from './behaviour.ts'
import { chatWire } from './chat-wire.ts'
import { responsesWire } from './responses-wire.ts'
import type { Wire } from './wire.ts'

/** Returns the wire of the API that a request calls: the Responses API, or else chat completions. */
export function wireOf(hit: FaultHit): Wire {
  return /\/responses(?:\?|$)/u.test(hit.path) ? responsesWire : chatWire
}
