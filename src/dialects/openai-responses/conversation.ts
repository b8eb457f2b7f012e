import { isRecord } from '../../core/options/plain-object.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { takeQuestion, type ClientMessage, type ClientQuestion } from '../client-messages.ts'
import { quoted } from '../quoted.ts'
import { ID_RULE, isId } from './request.ts'

/** The question of a request, with the earlier messages or the item by which the client names the conversation. */
export interface AskedConversation extends ClientQuestion {
  /** Id of the last item that the client names instead of sending it; absent without one. */
  readonly reference?: string
}

/**
 * Takes the question from the input. Only the text of the user and the assistant is used; a system or developer message
 * is left out, because the application has its own.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field` for an item that cannot be served
 */
export function toConversation(input: string | readonly unknown[]): AskedConversation {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input
  const messages: ClientMessage[] = []
  let reference: string | undefined
  for (const [index, item] of items.entries()) {
    const field = `input.${index}`
    const read = readItem(field, item)
    if (typeof read === 'string') reference = read
    else if (read) messages.push(read)
  }
  return { ...takeQuestion('input', messages), ...(reference !== undefined && { reference }) }
}

// Items of an earlier output, which clients send back. The text of the answer is in the message beside them.
const SKIPPED: ReadonlySet<unknown> = new Set(['file_search_call', 'reasoning'])

/** Returns a message, the id of a named item, or `undefined` for an item that is left out. */
function readItem(field: string, item: unknown): ClientMessage | string | undefined {
  if (!isRecord(item)) throw refuse(field, 'it must be an object')
  const { type = 'role' in item ? 'message' : 'item_reference', id, role, content } = item
  if (SKIPPED.has(type)) return undefined
  if (type === 'item_reference') {
    if (isId(id)) return id
    throw refuse(`${field}.id`, ID_RULE)
  }
  if (type !== 'message') {
    throw refuse(field, `an item of the type ${nameOf(type)} is not served; send messages with text`)
  }
  if (role === 'system' || role === 'developer') return undefined
  if (role !== 'user' && role !== 'assistant') throw refuse(`${field}.role`, 'it must be user or assistant')
  return { role, content: readContent(`${field}.content`, content) }
}

function readContent(field: string, content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) throw refuse(field, 'it must be a string or a list of parts')
  return content.map((part: unknown, index) => readPart(`${field}.${index}`, part)).join('\n')
}

function readPart(field: string, part: unknown): string {
  if (!isRecord(part)) throw refuse(field, 'it must be an object')
  const { type, text, refusal } = part
  if ((type === 'input_text' || type === 'output_text' || type === 'text') && typeof text === 'string') return text
  if (type === 'refusal' && typeof refusal === 'string') return refusal
  throw refuse(field, `a part of the type ${nameOf(type)} is not served; send text`)
}

function nameOf(type: unknown): string {
  return typeof type === 'string' ? quoted(type) : 'none'
}

function refuse(field: string, reason: string): TypeError {
  return invalidInput(field, `Cannot use ${field}: ${reason}`)
}
