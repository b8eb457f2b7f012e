import { invalidInput } from '../core/vocabulary/invalid-input.ts'

/** A message that a client sent. A client may send anything, so only text of these two roles is used. */
export interface ClientMessage {
  /** The speaker. */
  readonly role: 'user' | 'assistant'
  /** The text. */
  readonly content: string
}

/** A question, with the messages before it. */
export interface ClientQuestion {
  /** The text of the last message. */
  readonly question: string
  /** The messages before it, without blank ones. */
  readonly messages: readonly ClientMessage[]
}

/** Maximum number of messages of a request. */
export const MAX_CLIENT_MESSAGES = 500

/**
 * Takes the question from the end of a list of messages, for a protocol whose clients send the whole conversation.
 * `field` is the field of the list.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`, if the list is empty or too long, or if
 * the last message is not of the user
 */
export function takeQuestion(field: string, messages: readonly ClientMessage[]): ClientQuestion {
  if (messages.length > MAX_CLIENT_MESSAGES) {
    const message = `Cannot use ${messages.length} messages: send the latest ${MAX_CLIENT_MESSAGES}`
    throw invalidInput(field, message, RangeError)
  }
  const last = messages.at(-1)
  if (last?.role !== 'user') {
    throw invalidInput(field, `Cannot use ${field}: the last message must be the question of the user`)
  }
  const earlier = messages.slice(0, -1).filter(({ content }) => content.trim() !== '')
  return { question: last.content, messages: earlier }
}
