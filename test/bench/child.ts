import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

// Longer than any answer takes: a benchmark that hangs must end, too.
const LONGEST_MS = 60_000

/** A process of the benchmark, as the one that started it sees it. Whatever it is asked, it answers a number. */
export interface Child<Question> {
  /** One question at a time. */
  ask(question: Question): Promise<number>
  /** Lets it end, and waits for that. */
  stop(): Promise<void>
}

/** Starts a module of this folder in a process of its own. */
export function startChild<Question extends string | object>(
  file: string,
  ...args: readonly string[]
): Child<Question> {
  const child = fork(join(import.meta.dirname, file), args, { execArgv: [...process.execArgv, '--expose-gc'] })
  const exited = once(child, 'exit')
  const lost = exited.then(() => {
    throw new Error(`${file} ended before its time`)
  })
  // It ends at last, and only a question that waits then has lost something.
  lost.catch(() => {})
  return {
    async ask(question) {
      child.send(question)
      const [answer] = await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(LONGEST_MS) }), lost])
      return Number(answer)
    },
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

// A parent that is gone wants no answer.
function ignoreError(): void {}

/** In a process that {@link startChild} started: answers what it is asked, until it is let go. */
export function answerParent<Question>(answer: (question: Question) => number | Promise<number>): void {
  // The parent sends what the type of its `Child` says.
  process.on('message', (question) => {
    void Promise.resolve(answer(question as Question)).then((figure) => process.send?.(figure, ignoreError))
  })
  process.on('disconnect', () => process.exit())
}
