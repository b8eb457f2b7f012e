import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { withoutAttempts, type StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { DialectCall, DialectReply } from '../dialect-route.ts'
import { MAX_CLIENT_MESSAGES } from '../client-messages.ts'
import { metadataOf } from './encode.ts'

/**
 * Answers with the messages of a thread and its active run, as `fetchServerSentEvents` of TanStack AI asks for them when a
 * page opens.
 */
export async function loadThread(call: DialectCall, threadId: string): Promise<DialectReply> {
  const { history } = call
  if (!history) throw new ChatError('The chat has no history', { code: 'not-found' })
  const [turns, runId] = await Promise.all([
    history.load(threadId, { limit: MAX_CLIENT_MESSAGES / 2 }),
    call.findActiveRun(threadId),
  ])
  const activeRun = runId === undefined ? null : { runId }
  return { body: { messages: withoutAttempts(turns).flatMap(toMessages), activeRun, interrupts: null } }
}

function toMessages({ runId, messageId, question, createdAt, result }: StoredTurn): readonly object[] {
  const at = { createdAt: new Date(createdAt).toISOString() }
  const asked = { id: `${runId}-question`, role: 'user', parts: [{ type: 'text', content: question }], ...at }
  if (!result?.answer) return [asked]
  const parts = [{ type: 'text', content: result.answer }]
  return [asked, { id: messageId, role: 'assistant', parts, ...at, metadata: metadataOf(result) }]
}
