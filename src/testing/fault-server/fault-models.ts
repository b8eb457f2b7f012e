import type { FaultBehaviour } from './behaviour.ts'
import { faults } from './faults.ts'

/**
 * The behaviours that a request can choose by its `model`, such as `stall`, `endless` and `reset`. They let a running
 * program trigger a fault from outside.
 */
export const faultModels: ReadonlyMap<string, FaultBehaviour> = new Map<string, FaultBehaviour>([
  ['comments-only', faults.commentsOnly()],
  ['content-filter', faults.answer(undefined, { finishReason: 'content_filter' })],
  ['cut', faults.cut()],
  ['done-without-reason', faults.doneWithoutReason()],
  ['empty-answer', faults.emptyAnswer()],
  ['endless', faults.endless()],
  ['error-in-stream', faults.errorInStream()],
  ['failed-end', faults.failedEnd()],
  ['half-json', faults.halfJson()],
  ['half-json-at-end', faults.halfJsonAtEnd()],
  ['headers-only', faults.headersOnly()],
  ['heartbeats', faults.heartbeats()],
  ['hidden-reasoning', faults.hiddenReasoning()],
  ['html', faults.htmlPage()],
  ['huge-event', faults.hugeEvent()],
  ['incomplete', faults.incomplete()],
  ['json-completion', faults.jsonCompletion()],
  ['json-error', faults.jsonError()],
  ['json-lines', faults.jsonLines()],
  ['length', faults.answer(undefined, { finishReason: 'length' })],
  ['mislabelled', faults.mislabelled(faults.answer())],
  ['one-system-message', faults.oneSystemMessage()],
  ['out-of-credit', faults.outOfCredit()],
  ['rate-limited', faults.rateLimited()],
  ['reason-without-done', faults.reasonWithoutDone()],
  ['refuses-parameters', faults.refusesParameters(['temperature', 'max_completion_tokens'])],
  ['rejected', faults.rejected()],
  ['reset', faults.reset()],
  ['roles-only', faults.rolesOnly()],
  ['silent', faults.silent()],
  ['slow', faults.answer(undefined, { delayMs: 200 })],
  ['stall', faults.stall()],
  ['thinking', faults.thinking()],
  ['unauthorized', faults.unauthorized()],
  ['unavailable', faults.unavailable()],
  ['usage-elsewhere', faults.usageElsewhere()],
])
