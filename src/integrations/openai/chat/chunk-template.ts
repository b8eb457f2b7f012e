/** The strings of a chunk's JSON that differ from chunk to chunk. */
export interface ChunkStrings {
  /** Text of the answer. */
  readonly text: string
  /** A random string with which OpenAI hides the length of the text from network observers. */
  readonly padding?: string | undefined
}

/** Recognises the chunks of a completion that differ only in these strings. */
export interface ChunkTemplate {
  /** Returns the text of a chunk that matches the template; `undefined` if the chunk must be parsed. */
  match(data: string): string | undefined
  /** Creates the template from a chunk that was parsed. */
  learn(data: string, strings: ChunkStrings): void
}

// Bounds the attempts for a server whose chunks differ in other strings: an attempt costs as much as parsing.
const MOST_LESSONS = 4

// Text that JSON contains unescaped: no quotation mark, no escape, no control character.
const PLAIN = /^[^"\\\p{Cc}]+$/u

// A control character, which no server sends. It is one byte for V8: a text with a larger one would take twice the
// memory, and could not be compared by bytes.
const MARKS = { text: '\u0080text', padding: '\u0080padding' } as const

/**
 * Creates an empty template. A chunk has one word in about 300 constant bytes. Comparing them costs an eighth of parsing
 * them, and parsing is the largest part of the cost of a token.
 *
 * The result is exact, because replacing one unescaped JSON string by another changes nothing else. `stringsOf` parses a
 * chunk and verifies the positions of the strings.
 */
export function createChunkTemplate(stringsOf: (data: string) => ChunkStrings | undefined): ChunkTemplate {
  const template: OpenTemplate = { stringsOf, lessons: 0, pieces: NO_PIECES, textIndex: 0, match, learn }
  return template
}

/** A template with its state. Its functions are shared, because every open stream has one. */
interface OpenTemplate extends ChunkTemplate {
  readonly stringsOf: (data: string) => ChunkStrings | undefined
  lessons: number
  /** The text before, between and after the strings. */
  pieces: readonly string[]
  textIndex: number
}

const NO_PIECES: readonly string[] = []

function match(this: OpenTemplate, data: string): string | undefined {
  const { pieces, textIndex } = this
  let text: string | undefined
  let at = 0
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index] ?? ''
    const start = at + piece.length
    if (data.slice(at, start) !== piece) return undefined
    if (index === pieces.length - 1) return start === data.length ? text : undefined
    at = data.indexOf('"', start)
    const string = data.slice(start, at)
    if (at === -1 || !PLAIN.test(string)) return undefined
    if (index === textIndex) text = string
  }
  return undefined
}

function learn(this: OpenTemplate, data: string, { text, padding }: ChunkStrings): void {
  if (this.lessons >= MOST_LESSONS || !PLAIN.test(text)) return
  this.lessons += 1
  const marked = mark(mark(data, text, MARKS.text), padding, MARKS.padding)
  const found = tryToRead(this, marked)
  const right = found?.text === MARKS.text && found.padding === (padding && MARKS.padding)
  const parts = marked.split(/\u0080(?:text|padding)/u)
  if (!right || parts.length !== (padding === undefined ? 2 : 3)) return
  this.pieces = parts
  this.textIndex = padding === undefined || marked.indexOf(MARKS.text) < marked.indexOf(MARKS.padding) ? 0 : 1
}

function tryToRead({ stringsOf }: OpenTemplate, marked: string): ChunkStrings | undefined {
  try {
    return stringsOf(marked)
  } catch {
    // A text such as `,` may have been found outside of a string; the marked chunk is then not JSON.
    return undefined
  }
}

function mark(data: string, string: string | undefined, by: string): string {
  return string === undefined ? data : data.replace(`"${string}"`, () => `"${by}"`)
}
