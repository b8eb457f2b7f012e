import type { Message } from './chat-model.ts'

/**
 * Returns the messages with at most one system message, at the beginning, because the prompt templates of several
 * models allow no other. Several system messages are joined in their order.
 */
export function withOneSystemMessage(messages: readonly Message[]): readonly Message[] {
  const first = messages.findIndex(({ role }) => role === 'system')
  const last = messages.findLastIndex(({ role }) => role === 'system')
  if (last <= 0) return messages
  const content = messages
    .slice(first)
    .flatMap(({ role, content }) => (role === 'system' && content.trim() !== '' ? [content] : []))
    .join('\n\n')
  const others = messages.filter(({ role }) => role !== 'system')
  return content === '' ? others : [{ role: 'system', content }, ...others]
}
