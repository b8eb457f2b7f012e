import { endOfCharacter } from '../text/cut-text.ts'

/** Limit of the text of an attempt, and the functions that take it. */
export interface VisibleTextOptions {
  /** Maximum length of an answer, in UTF-16 code units. */
  readonly maxAnswerChars: number
  /** Called once, before the first text. */
  onFirstText(): void
  /** Called with each piece of text. */
  onText(delta: string): Promise<void> | undefined
}

/** Passes the text of one attempt to the reader. */
export interface VisibleText {
  /** Takes the next text. A returned promise means that the reader is not ready. */
  write(delta: string): Promise<void> | undefined
  /** True once the text has a visible character. */
  readonly visible: boolean
  /** True once `maxAnswerChars` is reached. */
  readonly full: boolean
}

/**
 * Starts the text of an attempt. It holds blanks back until visible text follows, because an answer with blanks only
 * counts as empty and is retried.
 */
export function createVisibleText(options: VisibleTextOptions): VisibleText {
  const text: OpenText = { options, room: options.maxAnswerChars, blanks: '', visible: false, full: false, write }
  return text
}

/** A text with its state. Its functions are shared, and it has fields and no getters: V8 stores those as a slow dictionary. */
interface OpenText extends VisibleText {
  readonly options: VisibleTextOptions
  room: number
  blanks: string
  visible: boolean
  full: boolean
}

function write(this: OpenText, delta: string): Promise<void> | undefined {
  // Fast path, which nearly every token takes.
  if (this.visible && delta.length < this.room) {
    this.room -= delta.length
    return delta === '' ? undefined : this.options.onText(delta)
  }
  return writeEdge(this, delta)
}

/** Writes text while nothing is visible yet, or text that reaches the limit. */
function writeEdge(text: OpenText, delta: string): Promise<void> | undefined {
  const { options, room } = text
  const fitting = delta.length < room ? delta : delta.slice(0, endOfCharacter(delta, room))
  text.room -= delta.length
  text.full = text.room <= 0
  if (text.visible) return fitting === '' ? undefined : options.onText(fitting)
  text.blanks += fitting
  if (!isVisible(delta)) return undefined
  text.visible = true
  if (text.blanks === '') return undefined
  options.onFirstText()
  return options.onText(text.blanks)
}

// Blanks and format characters, such as a zero-width space, are not visible.
function isVisible(text: string): boolean {
  return /[^\s\p{Cc}\p{Cf}]/u.test(text)
}
