import type { FaultBehaviour } from './behaviour.ts'
import { faults } from './faults.ts'

/**
 * The behaviours that a request can choose by its `model`, so that a running program can be pointed
 * at a fault from outside: `stall`, `endless`, `reset` and so on.
 */
export const faultModels: ReadonlyMap<string, FaultBehaviour> = new Map<string, FaultBehaviour>([
  ['comments-only', faults.commentsOnly()],
  ['content-filter', faults.answer(undefined, { finishReason: 'content_filter' })],
  ['cut', faults.cut()],
  ['done-without-reason', faults.doneWithoutReason()],
  ['endless', faults.endless()],
  ['error-in-stream', faults.errorInStream()],
  ['half-json', faults.halfJson()],
  ['half-json-at-end', faults.halfJsonAtEnd()],
  ['headers-only', faults.headersOnly()],
  ['html', faults.htmlPage()],
  ['huge-event', faults.hugeEvent()],
  ['incomplete', faults.incomplete()],
  ['json-error', faults.jsonError()],
  ['length', faults.answer(undefined, { finishReason: 'length' })],
  ['rate-limited', faults.rateLimited()],
  ['reason-without-done', faults.reasonWithoutDone()],
  ['rejected', faults.rejected()],
  ['reset', faults.reset()],
  ['roles-only', faults.rolesOnly()],
  ['silent', faults.silent()],
  ['slow', faults.answer(undefined, { delayMs: 200 })],
  ['stall', faults.stall()],
  ['unauthorized', faults.unauthorized()],
  ['unavailable', faults.unavailable()],
])
