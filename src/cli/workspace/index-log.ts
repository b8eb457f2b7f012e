import { performance } from 'node:perf_hooks'
import { createProgressBar } from '../command-line/progress-bar.ts'
import { oneLine } from '../command-line/safe-text.ts'
import type { Terminal } from '../command-line/terminal.ts'

/** Shows the progress of an index. */
export interface IndexLog {
  /** Shows a line. */
  note(line: string): void
  /** Shows how many documents have an outcome. @defaultValue a line each second */
  readonly showProgress?: ((done: number, total: number) => void) | undefined
  /** True to name every file that is skipped, instead of a summary. @defaultValue false */
  readonly isVerbose?: boolean | undefined
}

/** An {@link IndexLog} that may leave a bar on the terminal. */
export interface TerminalIndexLog extends IndexLog {
  /** Removes the bar until the next progress. */
  clear(): void
}

/** The options of {@link createIndexLog}. */
export interface IndexLogOptions {
  /** Writes a line of the result. @defaultValue that of the terminal for everything that is no result */
  readonly note?: ((line: string) => void) | undefined
  /** True to name every file that is skipped. @defaultValue false */
  readonly isVerbose?: boolean | undefined
}

const BAR_MS = 100
const LINE_MS = 1_000

/** Creates the log of an index: a bar if a person sees the terminal, and a line each second otherwise. */
export function createIndexLog(
  terminal: Pick<Terminal, 'errors' | 'isInteractive' | 'note'>,
  { note = terminal.note, isVerbose }: IndexLogOptions = {},
): TerminalIndexLog {
  const { isInteractive } = terminal
  const bar = createProgressBar(terminal)
  let shownAt = performance.now()
  return {
    isVerbose,
    note(line) {
      bar.clear()
      // The name of a file may have a newline.
      note(oneLine(line))
    },
    showProgress(done, total) {
      const now = performance.now()
      // A run that ends soon shows only its result.
      if (done <= 1) shownAt = now
      if (now - shownAt < (isInteractive ? BAR_MS : LINE_MS)) return
      shownAt = now
      if (isInteractive) bar.draw(done, total)
      else note(`Indexing: ${done} of ${total} documents`)
    },
    clear: bar.clear,
  }
}
