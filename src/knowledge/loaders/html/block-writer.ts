import type { Block } from '../../text/find-blocks.ts'

/** The form of the next blocks. */
export interface BlockStyle {
  /** The level of a heading; absent for other text. */
  readonly level?: number | undefined
  /** The mark before the text, such as `- ` or `## `. */
  readonly mark?: string | undefined
  /** True if the block is an item of the same list as the one before. */
  readonly isTight?: boolean | undefined
}

/** Writes a text and its blocks. */
export interface BlockWriter {
  /** Adds text to the current block. Runs of white space become one space. */
  write(text: string): void
  /** Adds a line break to the current block; a second one ends it. */
  breakLine(): void
  /** Ends the current block. The style is for the next one only; without it, a style that is not used yet stays. */
  next(style?: BlockStyle): void
  /** Ends the current block, and adds one whose lines stay as they are. */
  writeVerbatim(lines: string): void
  /** Ends the current block, and returns the text with its blocks. */
  end(): { readonly text: string; readonly blocks: readonly Block[] }
}

const SPACE = /[ \t\n\r\f\u00A0]+/gu
const INVISIBLE = /[\u00AD\uFEFF]/gu

/** Creates a writer. Blocks are separated by an empty line, items of a list by a line break. */
export function createBlockWriter(): BlockWriter {
  const written: string[] = []
  const blocks: Block[] = []
  let at = 0
  let parts: string[] = []
  let endsInSpace = true
  let style: BlockStyle = {}

  function put(kind: Block['kind'], text: string, { level = 0, mark = '', isTight }: BlockStyle): void {
    const isNextItem = isTight && blocks.at(-1)?.kind === 'prose'
    const separator = blocks.length === 0 ? '' : isNextItem ? '\n' : '\n\n'
    const start = at + separator.length
    written.push(separator, mark, text)
    at = start + mark.length + text.length
    blocks.push({ kind, start, end: at, textStart: start + mark.length, level })
  }

  function next(following?: BlockStyle): void {
    const text = parts.join('').replace(/ ?\n/gu, '\n').trim()
    parts = []
    endsInSpace = true
    if (text !== '') put(style.level === undefined ? 'prose' : 'heading', text, style)
    // A mark waits for its text: `<li><p>text`.
    style = following ?? (text === '' ? style : {})
  }

  return {
    write(text) {
      const words = text.replace(INVISIBLE, '').replace(SPACE, ' ')
      const added = endsInSpace && words.startsWith(' ') ? words.slice(1) : words
      if (added === '') return
      parts.push(added)
      endsInSpace = added.endsWith(' ')
    },
    breakLine() {
      if (style.level !== undefined) parts.push(endsInSpace ? '' : ' ')
      else if (parts.at(-1) === '\n') next()
      else if (parts.length > 0) parts.push('\n')
      endsInSpace = true
    },
    next,
    writeVerbatim(lines) {
      next({})
      if (lines !== '') put('verbatim', lines, {})
    },
    end() {
      next()
      return { text: written.join(''), blocks }
    },
  }
}
