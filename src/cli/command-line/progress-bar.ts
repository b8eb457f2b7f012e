import { styleText } from 'node:util'
import type { Terminal } from './terminal.ts'

/** A bar on the last line of a terminal, below the lines that are written meanwhile. */
export interface ProgressBar {
  /** Draws the bar. */
  draw(done: number, total: number): void
  /** Removes the bar. It may be drawn again. */
  clear(): void
}

const CELLS = 24

/**
 * Creates the bar of an index. It only writes to the errors of the terminal. The progress of `@clack/prompts` would also
 * read the keyboard and handle Ctrl-C, which would no longer reach the program.
 */
export function createProgressBar({ errors }: Pick<Terminal, 'errors'>): ProgressBar {
  let isDrawn = false
  return {
    draw(done, total) {
      const share = total === 0 ? 1 : Math.min(done / total, 1)
      const filled = Math.round(share * CELLS)
      const cells = ['█'.repeat(filled), styleText('dim', '░'.repeat(CELLS - filled), { stream: errors })]
      const text = `Indexing ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
      // A line that is wider than the terminal would wrap, and could not be removed.
      const { columns = 80 } = errors
      const line = columns > CELLS + text.length + 1 ? `${cells.join('')} ${text}` : text.slice(0, columns - 1)
      errors.write(CLEAR + line)
      isDrawn = true
    },
    clear() {
      if (isDrawn) errors.write(CLEAR)
      isDrawn = false
    },
  }
}

// The start of the line, and nothing behind it.
const CLEAR = '\r\u001B[2K'
