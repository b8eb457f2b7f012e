import type { ChatResult } from '../../core/vocabulary/result.ts'
import type { LoadedTurn } from '../../core/vocabulary/stored-turn.ts'
import { toCitationPart, toResultMetadata, toSourcePart, toSourcesPart } from './message-parts.ts'
import type { RagwireMetadata, RagwirePart, RagwireUIMessage } from './ui-message.ts'

/**
 * Converts stored turns to messages of the AI SDK, for the first messages of a page: each question, and its answer with
 * the parts that its stream had. A turn without a result gives only its question, so that a page can resume the answer.
 *
 * @experimental May change until version 1.0.
 *
 * @example
 * ```ts
 * import type { StoredTurn } from 'ragwire'
 * import { toUiMessages } from 'ragwire/ai-sdk'
 * declare const turns: readonly StoredTurn[]
 * const messages = toUiMessages(turns)
 * ```
 */
export function toUiMessages(turns: readonly LoadedTurn[]): RagwireUIMessage[] {
  return turns.flatMap((turn) => {
    const question = toQuestion(turn)
    return turn.result ? [question, toAnswer(turn, turn.result)] : [question]
  })
}

function toQuestion({ runId, threadId, createdAt, question }: LoadedTurn): RagwireUIMessage {
  return {
    id: toQuestionId(runId),
    role: 'user',
    metadata: { runId, threadId, createdAt },
    parts: [{ type: 'text', text: question }],
  }
}

function toAnswer({ runId, threadId, createdAt, feedback, sourceStates }: LoadedTurn, result: ChatResult) {
  const metadata: RagwireMetadata = {
    runId,
    threadId,
    createdAt,
    ...toResultMetadata(result),
    ...(result.error && { error: result.error }),
    ...(feedback && { feedback }),
    ...(sourceStates && { sourceStates }),
  }
  return { id: runId, role: 'assistant' as const, metadata, parts: toParts(result) }
}

function toParts({ answer, sources, citations }: ChatResult): RagwirePart[] {
  const hasText = answer !== '' || citations.length > 0
  return [
    { type: 'step-start' },
    ...sources.map(toSourcePart),
    ...(sources.length > 0 ? [toSourcesPart(sources)] : []),
    ...(hasText ? [{ type: 'text', text: answer, state: 'done' } as const] : []),
    ...citations.map(toCitationPart),
  ]
}

const QUESTION = '-question'

/** Returns the id of the question of a run as a message. */
function toQuestionId(runId: string): string {
  return `${runId}${QUESTION}`
}

/** Returns the run of a message id that {@link toUiMessages} made. */
export function runIdOf(messageId: string): string {
  return messageId.endsWith(QUESTION) ? messageId.slice(0, -QUESTION.length) : messageId
}
