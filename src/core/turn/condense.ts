import { toChatError } from '../vocabulary/chat-error.ts'
import { condenseQuestion } from '../history/condense-question.ts'
import type { CondensedQuestion } from '../vocabulary/condenser.ts'
import type { ResolvedChatOptions } from './resolve-options.ts'
import type { Source } from '../vocabulary/sources.ts'
import type { TokenUsage } from '../vocabulary/usage.ts'
import { warning } from '../vocabulary/warnings.ts'
import type { Conversation } from './recall.ts'
import type { Stream } from './stream.ts'

/** What is searched for. */
export interface Search extends Pick<CondensedQuestion, 'query' | 'also'> {
  /** Earlier sources that are found in any case. */
  readonly pinned: readonly Source[]
}

/** Makes a stand-alone question of a follow-up; where that fails, the question is searched for as it is. */
export async function condense(
  conversation: Conversation,
  options: ResolvedChatOptions,
  stream: Stream,
): Promise<Search> {
  const { emit, record } = stream
  const condensed = await tryToCondense(conversation, options, stream)
  const { query, also } = condensed ?? { query: conversation.question }
  if (condensed) record.mark('condensed')
  await emit({ type: 'query', question: options.question, query, condensed: query !== options.question })
  return { query, pinned: conversation.pinned, ...(also && { also }) }
}

async function tryToCondense(
  { turns, question }: Conversation,
  options: ResolvedChatOptions,
  { emit, record, signal }: Stream,
): Promise<CondensedQuestion | undefined> {
  const { condenser } = options
  if (turns.length === 0 || !condenser) return undefined
  await emit({ type: 'status', phase: 'condensing' })
  try {
    const onUsage = (usage: TokenUsage): void => record.spent('condensing', usage)
    return await condenseQuestion(condenser, { turns, question }, { ...options, signal, onUsage })
  } catch (thrown) {
    signal.throwIfAborted()
    record.report(toChatError(thrown))
    await emit(warning('condense-failed'))
    return undefined
  }
}
