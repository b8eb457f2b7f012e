import type { StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { DialectHistory } from '../dialect-route.ts'
import { quoted } from '../quoted.ts'
import { Refusal } from './refusal.ts'
import { runIdOf } from './run-ids.ts'

/** The ways in which a request names the conversation that it continues. */
export interface NamedConversation {
  /** `previous_response_id`. */
  readonly previousResponseId?: string | undefined
  /** The id of `conversation`. */
  readonly conversation?: string | undefined
  /** The id of the last item that the client names instead of sending it. */
  readonly reference?: string | undefined
}

/**
 * Finds the thread that a request continues; `undefined` for a new one.
 *
 * @throws Refusal if the chat has no history, the id is unknown in this scope, or the conversation has gone on since
 */
export async function findThread(named: NamedConversation, history?: DialectHistory): Promise<string | undefined> {
  const { previousResponseId, conversation, reference } = named
  if (conversation !== undefined) return findConversation(conversation, expectHistory('conversation', history))
  if (previousResponseId !== undefined) {
    return findThreadOf('previous_response_id', previousResponseId, expectHistory('previous_response_id', history))
  }
  if (reference !== undefined) return findThreadOf('input', reference, expectHistory('input', history))
  return undefined
}

function expectHistory(param: string, history: DialectHistory | undefined): DialectHistory {
  if (history) return history
  const fix = 'send the text of the earlier messages in input; in the AI SDK, set store: false'
  const message = `Cannot use ${param} to name what is not stored, because this server stores no conversations: ${fix}`
  throw new Refusal(message, { status: 400, code: 'unsupported_parameter', param })
}

async function findConversation(threadId: string, history: DialectHistory): Promise<string> {
  const turns = await history.load(threadId, { limit: 1 })
  if (turns.length > 0) return threadId
  const message = `The conversation ${quoted(threadId)} was not found: a conversation begins with its first response`
  throw new Refusal(message, { status: 404, code: 'conversation_not_found', param: 'conversation' })
}

async function findThreadOf(param: string, id: string, history: DialectHistory): Promise<string> {
  const runId = runIdOf(id)
  const turn = runId === undefined ? undefined : await history.find(runId)
  if (!turn) {
    const message = `The response or item ${quoted(id)} was not found`
    throw new Refusal(message, { status: 404, code: 'previous_response_not_found', param })
  }
  const { threadId } = turn
  const turns = await history.load(threadId, { limit: LATEST })
  const position = turns.findIndex((other) => other.runId === turn.runId)
  if (position >= 0 && !turns.slice(position + 1).some(hasAnswer)) return threadId
  const message = `${quoted(id)} is not the latest of its conversation, which cannot branch: continue the latest response`
  throw new Refusal(message, { status: 400, code: 'conversation_has_continued', param })
}

// Only attempts without an answer may come after the named turn.
const LATEST = 20

function hasAnswer({ result }: StoredTurn): boolean {
  return result !== undefined && result.finishReason !== 'error' && result.finishReason !== 'abort'
}
