import { endOfCharacter } from '../text/cut-text.ts'

/** Limit of the text of an attempt, and the function that takes it. */
export interface VisibleTextOptions {
  /** Maximum length of an answer, in UTF-16 code units. */
  readonly maxAnswerChars: number
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
  let room = options.maxAnswerChars
  let blanks = ''

  function write(delta: string): Promise<void> | undefined {
    // Fast path, which nearly every token takes.
    if (text.visible && delta.length < room) {
      room -= delta.length
      return delta === '' ? undefined : options.onText(delta)
    }
    return writeEdge(delta)
  }

  /** Writes text while nothing is visible yet, or text that reaches the limit. */
  function writeEdge(delta: string): Promise<void> | undefined {
    const fitting = delta.length < room ? delta : delta.slice(0, endOfCharacter(delta, room))
    room -= delta.length
    text.full = room <= 0
    if (text.visible) return fitting === '' ? undefined : options.onText(fitting)
    blanks += fitting
    if (!isVisible(delta)) return undefined
    text.visible = true
    return blanks === '' ? undefined : options.onText(blanks)
  }

  // Fields, not getters: V8 stores an object with getters as a slow dictionary.
  const text = { write, visible: false, full: false }
  return text
}

// Blanks and format characters, such as a zero-width space, are not visible.
function isVisible(text: string): boolean {
  return /[^\s\p{Cc}\p{Cf}]/u.test(text)
}
