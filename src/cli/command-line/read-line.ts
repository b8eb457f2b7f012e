import { createInterface } from 'node:readline'
import type { Terminal } from './terminal.ts'

/** Reads lines that a person types. */
export interface LineReader {
  /** Shows the prompt and resolves with the next line; undefined after Ctrl-C, Ctrl-D or an abort. */
  next(prompt: string, signal: AbortSignal): Promise<string | undefined>
}

/**
 * Creates a reader of lines, with the arrow keys for editing and for earlier lines. Between two calls the terminal is in its
 * usual mode, so that Ctrl-C sends SIGINT.
 */
export function createLineReader({ input, output }: Pick<Terminal, 'input' | 'output'>): LineReader {
  // A paste can have several lines.
  const waiting: string[] = []
  let earlier: string[] = []
  return {
    next(prompt, signal) {
      const line = waiting.shift()
      if (line !== undefined || signal.aborted) return Promise.resolve(line)
      return new Promise((resolve) => {
        const reader = createInterface({ input, output, prompt, history: earlier, terminal: true })
        const close = (): void => reader.close()
        signal.addEventListener('abort', close, { once: true })
        reader.on('history', (lines) => (earlier = [...lines]))
        reader.on('SIGINT', close)
        reader.on('line', (typed) => {
          waiting.push(typed)
          close()
        })
        reader.on('close', () => {
          signal.removeEventListener('abort', close)
          const typed = waiting.shift()
          if (typed === undefined) output.write('\n')
          resolve(typed)
        })
        reader.prompt()
      })
    },
  }
}
