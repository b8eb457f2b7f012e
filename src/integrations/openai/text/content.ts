import { ChatError } from '../../../core/vocabulary/chat-error.ts'

/** The content of a delta: text of the answer, or only activity of the model. */
export interface DeltaContent {
  /** Text of the answer; may be empty. */
  readonly text: string
  /** True if it has content other than text, such as a thought or a tool call. */
  readonly active: boolean
}

const NOTHING: DeltaContent = { text: '', active: false }

/**
 * Reads the content of a delta: text, or a list of parts, of which only the text parts are the answer.
 *
 * @throws ChatError `upstream-bad-response` if it is neither
 */
export function readContent(content: unknown, depth = 0): DeltaContent {
  if (content === undefined || content === null) return NOTHING
  if (typeof content === 'string') return { text: content, active: false }
  if (typeof content !== 'object' || depth > DEEPEST) throw noText(content)
  if (!Array.isArray(content)) return readPart({ ...content }, depth)
  const parts = content.map((part: unknown) => readContent(part, depth + 1))
  return { text: parts.map(({ text }) => text).join(''), active: parts.some(({ active }) => active) }
}

const TEXT_TYPE = /^(?:(?:output_?)?text(?:_?delta)?|refusal)$/iu

function readPart(part: Readonly<Record<string, unknown>>, depth: number): DeltaContent {
  const { type, text, value, content, refusal, thought } = part
  if (thought === true || (type !== undefined && !(typeof type === 'string' && TEXT_TYPE.test(type)))) {
    return { text: '', active: says(part) }
  }
  const said = text ?? value ?? content ?? refusal
  // The first delta of a part may have no text yet.
  if (said === undefined && type === undefined && Object.keys(part).length > 0) throw noText(part)
  return readContent(said, depth + 1)
}

function noText(content: unknown): ChatError {
  return new ChatError('The model sent content that is not text', { code: 'upstream-bad-response', cause: content })
}

// Fields that every delta has, even of a server that only sends keep-alives.
const FORM_FIELDS = new Set(['role', 'type', 'id', 'index', 'name', 'object', 'format', 'model', 'logprobs'])

const DEEPEST = 6

/**
 * Returns true if a value has content at any depth: a non-empty string, a number or `true`. Servers use many names for
 * reasoning, so every name counts.
 */
export function says(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value !== ''
  if (typeof value === 'number' || typeof value === 'boolean') return Boolean(value)
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false
  if (Array.isArray(value)) return value.some((item) => says(item, depth + 1))
  return Object.entries(value).some(([key, field]) => !FORM_FIELDS.has(key) && says(field, depth + 1))
}
