import { ChatError } from '../../core/errors.ts'

/** The content of a delta: text of the answer, or only a sign that the model is at work. */
export interface DeltaContent {
  readonly text: string
  /** True if it says something that is no text, such as a thought or a call of a tool. */
  readonly active: boolean
}

/**
 * Reads the content of a delta: text, or a list of parts, of which only those of text are the answer.
 *
 * @throws ChatError `upstream-bad-response` if it is neither
 */
export function readContent(content: unknown): DeltaContent {
  if (content === undefined || content === null) return { text: '', active: false }
  if (typeof content === 'string') return { text: content, active: false }
  const parts = (Array.isArray(content) ? content : [content]).map(readPart)
  return { text: parts.map(({ text }) => text).join(''), active: parts.some(({ active }) => active) }
}

function readPart(part: unknown): DeltaContent {
  if (typeof part === 'string') return { text: part, active: false }
  if (typeof part !== 'object' || part === null || !('type' in part || 'text' in part)) throw noText(part)
  const facts: Readonly<Record<string, unknown>> = { ...part }
  const isText = facts['type'] === undefined || facts['type'] === 'text' || facts['type'] === 'output_text'
  if (!isText || facts['thought'] === true) return { text: '', active: says(facts) }
  const { text } = facts
  if (typeof text === 'string') return { text, active: false }
  if (typeof text === 'object' && text !== null && 'value' in text && typeof text.value === 'string') {
    return { text: text.value, active: false }
  }
  throw noText(part)
}

function noText(content: unknown): ChatError {
  return new ChatError('The model sent content that is not text', { code: 'upstream-bad-response', cause: content })
}

// They come with every delta, also of a server that only shows that it is there.
const FORM_FIELDS = new Set(['role', 'type', 'id', 'index', 'name', 'object', 'format', 'model', 'logprobs'])

const DEEPEST = 6

/**
 * True if a value says something: a text that is not empty, wherever it stands. Servers call their reasoning by many
 * names, so any name counts.
 */
export function says(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value !== ''
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false
  if (Array.isArray(value)) return value.some((item) => says(item, depth + 1))
  return Object.entries(value).some(([key, field]) => !FORM_FIELDS.has(key) && says(field, depth + 1))
}
