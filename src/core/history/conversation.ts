import type { HistoryTurn } from '../vocabulary/history-turn.ts'
import type { Message } from '../vocabulary/chat-model.ts'
import { findMarkers, withoutRanges } from '../text/markers/find-markers.ts'

import type { StoredTurn } from '../vocabulary/stored-turn.ts'

/** Returns the turns that have an answer. A question without an answer would confuse the model. */
export function fromStoredTurns(stored: readonly StoredTurn[]): readonly HistoryTurn[] {
  return stored.flatMap(({ question, result }) => {
    if (!result || result.answer === '') return []
    const { answer, sources, citations, query } = result
    return [{ question, answer, sources, citations, ...(query && { query: query.query }) }]
  })
}

/** Converts a list of messages to turns: each question with the answers that follow it. */
export function fromMessages(messages: readonly Message[]): readonly HistoryTurn[] {
  const turns: { question: string; answers: string[] }[] = []
  for (const { role, content } of messages) {
    if (role === 'user') turns.push({ question: content, answers: [] })
    if (role === 'assistant') turns.at(-1)?.answers.push(content)
  }
  return turns
    .filter(({ answers }) => answers.length > 0)
    .map(({ question, answers }) => ({ question, answer: answers.join('\n'), sources: [] }))
}

/** Returns the system messages of a list. They are used even if the conversation is trimmed. */
export function instructionsOf(messages: readonly Message[]): readonly Message[] {
  return messages.filter(({ role }) => role === 'system')
}

/** Converts earlier turns to messages, without citation markers, because their numbers mean other sources now. */
export function toMessages(turns: readonly HistoryTurn[]): readonly Message[] {
  return turns.flatMap(({ question, answer, citations = findMarkers(answer) }): readonly Message[] => [
    { role: 'user', content: question },
    { role: 'assistant', content: withoutRanges(answer, citations) },
  ])
}
