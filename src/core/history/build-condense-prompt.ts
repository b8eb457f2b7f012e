import type { HistoryTurn } from '../vocabulary/history-turn.ts'
import type { Message } from '../vocabulary/chat-model.ts'
import { toMessages } from './conversation.ts'

/** The input of a {@link CondensePromptBuilder}. */
export interface CondensePromptInput {
  /** The earlier turns, the oldest first. */
  readonly turns: readonly HistoryTurn[]
  /** The follow-up. */
  readonly question: string
}

/** Makes the messages that ask for a stand-alone question. */
export type CondensePromptBuilder = (input: CondensePromptInput) => readonly Message[]

/** The built-in prompt for a stand-alone question. */
export function buildCondensePrompt({ turns, question }: CondensePromptInput): readonly Message[] {
  return [
    { role: 'system', content: INSTRUCTIONS },
    ...toMessages(turns),
    { role: 'user', content: `Rewrite this as one question that stands alone:\n${question}` },
  ]
}

const INSTRUCTIONS = [
  'You rewrite the last question of a conversation so that it can be understood and searched for without it.',
  'Put the names that it refers to in the place of words such as "it" or "that one", and change nothing else.',
  'Keep its language. Do not answer it. A question that stands alone already is repeated as it is.',
  'Reply with the question and nothing else.',
].join('\n')
