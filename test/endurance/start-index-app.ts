import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { withinTimeLimit } from '../../src/testing/within-time-limit.ts'
import type { IndexAppOptions, IndexReportLine } from './index-app.ts'

const TIME_LIMIT_MS = 60_000

/** An indexing process. */
export interface IndexApp {
  /** Resolves once the process has printed a line that matches. */
  until(isIt: (line: IndexReportLine) => boolean): Promise<void>
  /** Kills it, and resolves once all of its lines are read. */
  kill(): Promise<void>
}

/** Starts an indexing process. `onLine` is called for each of its lines. */
export function startIndexApp(options: IndexAppOptions, onLine: (line: IndexReportLine) => void): IndexApp {
  const program = join(import.meta.dirname, 'index-app.ts')
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const waiting = new Set<(line: IndexReportLine) => void>()
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => {})
  const lines = createInterface({ input: child.stdout })
  const closed = once(lines, 'close')
  lines.on('line', (text) => {
    const line = JSON.parse(text) as IndexReportLine
    onLine(line)
    for (const check of waiting) check(line)
  })
  child.once('exit', (code, signal) => ended.reject(new Error(`index-app.ts ended with ${signal ?? code}`)))
  return {
    async until(isIt) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const check = (line: IndexReportLine): void => void (isIt(line) && resolve())
      waiting.add(check)
      try {
        await withinTimeLimit(
          Promise.race([promise, ended.promise]),
          TIME_LIMIT_MS,
          () => 'index-app.ts makes no progress',
        )
      } finally {
        waiting.delete(check)
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await withinTimeLimit(closed, TIME_LIMIT_MS, () => 'index-app.ts did not end')
    },
  }
}
