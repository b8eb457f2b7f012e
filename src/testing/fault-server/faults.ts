import { framed, inTurn, sequence } from './combinators.ts'
import { embeddings } from './embeddings.ts'
import {
  headersOnly,
  htmlPage,
  jsonError,
  rateLimited,
  refused,
  rejected,
  silent,
  status,
  unauthorized,
  unavailable,
} from './http-faults.ts'
import {
  answer,
  commentsOnly,
  cut,
  doneWithoutReason,
  endless,
  errorInStream,
  halfJson,
  halfJsonAtEnd,
  hugeEvent,
  incomplete,
  reasonWithoutDone,
  reset,
  rolesOnly,
  stall,
} from './stream-faults.ts'
import {
  emptyAnswer,
  failedEnd,
  heartbeats,
  hiddenReasoning,
  jsonCompletion,
  jsonLines,
  mislabelled,
  oneSystemMessage,
  outOfCredit,
  refusesParameters,
  thinking,
  usageElsewhere,
} from './vendor-faults.ts'

/**
 * Ready-made behaviours for a fault server, and combinators that build others from them and from the parts in `step`.
 *
 * @example
 * ```ts
 * import { createFaultServer, faults, step } from 'ragwire/testing'
 * await using server = await createFaultServer()
 * server.use(faults.inTurn(faults.unavailable(503), faults.answer('Hello world')))
 * server.enqueue(faults.sequence('Hello', step.comment(), ' world', step.reset()))
 * ```
 */
export const faults = Object.freeze({
  answer,
  commentsOnly,
  cut,
  doneWithoutReason,
  embeddings,
  emptyAnswer,
  endless,
  errorInStream,
  failedEnd,
  framed,
  halfJson,
  halfJsonAtEnd,
  headersOnly,
  heartbeats,
  hiddenReasoning,
  htmlPage,
  hugeEvent,
  inTurn,
  incomplete,
  jsonCompletion,
  jsonError,
  jsonLines,
  mislabelled,
  oneSystemMessage,
  outOfCredit,
  rateLimited,
  reasonWithoutDone,
  refused,
  refusesParameters,
  rejected,
  reset,
  rolesOnly,
  sequence,
  silent,
  stall,
  status,
  thinking,
  unauthorized,
  unavailable,
  usageElsewhere,
})
