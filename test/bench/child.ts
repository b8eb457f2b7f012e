import { fork } from 'node:child_process'
import { once } from 'node:events'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// Longer than any answer takes: a benchmark that hangs must end too.
const LONGEST_MS = 60_000

/** A process of the benchmark, seen from its parent. Every answer is a number. */
export interface Child<Question> {
  /** Asks a question. Others may be pending. */
  ask(question: Question): Promise<number>
  /** Tells the process to end, and waits for that. */
  stop(): Promise<void>
}

interface Answer {
  readonly id: number
  readonly figure: number
}

/** The options of {@link startChild}. */
export interface ChildOptions {
  /** The arguments of the process. */
  readonly args?: readonly string[]
  /** The file for a CPU profile, written when the process ends. */
  readonly profile?: string | undefined
}

/** Starts a module in a process of its own. */
export function startChild<Question extends string | object>(
  file: string,
  { args = [], profile }: ChildOptions = {},
): Child<Question> {
  const execArgv = [...process.execArgv, '--expose-gc', ...(profile === undefined ? [] : profileArguments(profile))]
  const child = fork(file, args, { execArgv })
  const pending = new Map<number, (figure: number) => void>()
  child.on('message', ({ id, figure }: Answer) => pending.get(id)?.(figure))
  const exited = once(child, 'exit')
  const lost = exited.then(() => {
    throw new Error(`${file} ended before its time`)
  })
  // The exit is expected; only a pending question is lost by it.
  lost.catch(() => {})
  let asked = 0
  return {
    async ask(question) {
      const id = asked++
      const { promise: answered, resolve } = Promise.withResolvers<number>()
      pending.set(id, resolve)
      child.send({ id, question })
      const late = new AbortController()
      try {
        const tooLate = sleep(LONGEST_MS, undefined, { signal: late.signal }).then(() => {
          throw new Error(`${file} did not answer within ${LONGEST_MS} ms`)
        })
        return await Promise.race([answered, lost, tooLate])
      } finally {
        pending.delete(id)
        late.abort()
      }
    },
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

function profileArguments(file: string): readonly string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${dirname(file)}`, `--cpu-prof-name=${basename(file)}`]
}

// The parent has gone, so the answer cannot be sent.
function ignoreError(): void {}

/** Answers questions in a process that {@link startChild} started, until the parent ends it. */
export function answerParent<Question>(answer: (question: Question) => number | Promise<number>): void {
  // The messages have the type of the parent's `Child`.
  process.on('message', ({ id, question }: { readonly id: number; readonly question: Question }) => {
    void Promise.resolve(answer(question)).then((figure) =>
      process.send?.({ id, figure } satisfies Answer, ignoreError),
    )
  })
  process.on('disconnect', () => process.exit())
}
