import { endOfCharacter } from '../text/cut-text.ts'

/** Limits of the text of an attempt, and where it goes. */
export interface VisibleTextOptions {
  /** Longest answer, in UTF-16 code units. */
  readonly maxAnswerChars: number
  /** Called with each piece of text. */
  onText(delta: string): Promise<void> | undefined
}

/** The text of one attempt on its way to the reader. */
export interface VisibleText {
  /** Takes the next text. A returned promise means that the reader is not ready. */
  write(delta: string): Promise<void> | undefined
  /** True once a text came that a reader sees. */
  readonly visible: boolean
  /** True once `maxAnswerChars` is reached. */
  readonly full: boolean
}

/**
 * Starts the text of an attempt. It holds blanks back until something visible follows them: an answer of blanks is none,
 * and then the model is asked again.
 */
export function createVisibleText(options: VisibleTextOptions): VisibleText {
  let room = options.maxAnswerChars
  let blanks = ''

  function write(delta: string): Promise<void> | undefined {
    // The usual case, in the path of every token.
    if (text.visible && delta.length < room) {
      room -= delta.length
      return delta === '' ? undefined : options.onText(delta)
    }
    return writeEdge(delta)
  }

  /** Writes a text before something visible has come, or the one that reaches the limit. */
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

  // Fields and no getters: an object with getters takes a dictionary of its own for each stream.
  const text = { write, visible: false, full: false }
  return text
}

// Neither blanks nor characters that only format, such as a zero width space.
function isVisible(text: string): boolean {
  return /[^\s\p{Cc}\p{Cf}]/u.test(text)
}
