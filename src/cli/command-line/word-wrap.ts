import stringWidth from 'fast-string-width'

/** Writes a text that is still growing, and breaks its lines between words. */
export interface WordWrap {
  /** Adds a text. Its last word is written when the word is complete. */
  add(text: string): void
  /**
   * Adds a part that is never broken, and never separated from the word before it.
   *
   * @param text - The part as it is seen
   * @param written - The part as it is written, with styles. @defaultValue `text`
   */
  addWhole(text: string, written?: string): void
  /** Writes the last word. */
  end(): void
}

/** Options of {@link createWordWrap}. */
export interface WordWrapOptions {
  /** Returns the width of the lines in columns; undefined for no breaks. */
  readonly columns: () => number | undefined
  /** The start of each line but the first. @defaultValue empty */
  readonly indent?: string
  /** Writes a text. */
  readonly write: (text: string) => void
}

const OPENING = '（「『【《〈“‘'
const CLOSING = '、。，．！？；：）」』】》〉”’…'
const WIDE = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uff60`
const PARTS = new RegExp(`\n|[ \t]+|[${OPENING}]|[${CLOSING}]|[${WIDE}]|[^ \t\n${OPENING}${CLOSING}${WIDE}]+`, 'gu')
const IS_WIDE = new RegExp(`^[${WIDE}]$`, 'u')

/**
 * Creates a writer that breaks lines at spaces and between Chinese or Japanese characters. A line does not begin with
 * closing punctuation and does not end with opening punctuation. A word that is longer than a line is not broken.
 */
export function createWordWrap({ columns, indent = '', write }: WordWrapOptions): WordWrap {
  const indentWidth = stringWidth(indent)
  let column = 0
  // Before the word, and after it: a marker behind the spaces still belongs to the word.
  let spaces = ''
  let spacesAfter = ''
  let word = { width: 0, written: '', isOpen: false }

  function flush(): void {
    if (word.written === '') return
    const limit = columns() ?? Infinity
    // Spaces at the start of a line are an indentation, which stays.
    if (column > indentWidth && column + spaces.length + word.width > limit) startLine()
    write(spaces + word.written)
    column += spaces.length + word.width
    spaces = spacesAfter
    spacesAfter = ''
    word = { width: 0, written: '', isOpen: false }
  }

  function startLine(): void {
    write(`\n${indent}`)
    column = indentWidth
    spaces = ''
  }

  function append(text: string, written: string): void {
    word = {
      width: word.width + spacesAfter.length + stringWidth(text),
      written: word.written + spacesAfter + written,
      isOpen: OPENING.includes(text),
    }
    spacesAfter = ''
  }

  function addPart(part: string): void {
    if (part === '\n') {
      spacesAfter = ''
      flush()
      startLine()
    } else if (/^[ \t]/.test(part)) {
      const added = part.replaceAll('\t', '    ')
      if (word.written === '') spaces += added
      else spacesAfter += added
    } else {
      const begins = (IS_WIDE.test(part) || OPENING.includes(part)) && !CLOSING.includes(part) && !word.isOpen
      if (begins || spacesAfter !== '') flush()
      append(part, part)
    }
  }

  return {
    add(text) {
      if (columns() === undefined) write(text)
      else for (const part of text.match(PARTS) ?? []) addPart(part)
    },
    addWhole(text, written = text) {
      if (columns() === undefined) write(written)
      else append(text, written)
    },
    end: flush,
  }
}

/** Returns the text with lines of at most that many columns. */
export function wrapText(
  text: string,
  { columns, indent = '' }: { readonly columns: number; readonly indent?: string },
) {
  let wrapped = ''
  const wrap = createWordWrap({ columns: () => columns, indent, write: (part) => (wrapped += part) })
  wrap.add(text)
  wrap.end()
  return wrapped
}
