import { ChatError } from '../../core/vocabulary/chat-error.ts'

/** What a delta says: text of the answer, or only that the model is at work. */
export interface DeltaContent {
  readonly text: string
  /** True if it says something that is no text, such as a thought or a call of a tool. */
  readonly active: boolean
}

const NOTHING: DeltaContent = { text: '', active: false }

/**
 * Reads the content of a delta: text, or a list of parts, of which only those of text are the answer.
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
  // A part may be there before its text is.
  if (said === undefined && type === undefined && Object.keys(part).length > 0) throw noText(part)
  return readContent(said, depth + 1)
}

function noText(content: unknown): ChatError {
  return new ChatError('The model sent content that is not text', { code: 'upstream-bad-response', cause: content })
}

// They come with every delta, also of a server that only shows that it is there.
const FORM_FIELDS = new Set(['role', 'type', 'id', 'index', 'name', 'object', 'format', 'model', 'logprobs'])

const DEEPEST = 6

/**
 * True if a value says something: a text that is not empty, a number or `true`, wherever it stands. Servers call their reasoning by many
 * names, so any name counts.
 */
export function says(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value !== ''
  if (typeof value === 'number' || typeof value === 'boolean') return Boolean(value)
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false
  if (Array.isArray(value)) return value.some((item) => says(item, depth + 1))
  return Object.entries(value).some(([key, field]) => !FORM_FIELDS.has(key) && says(field, depth + 1))
}
