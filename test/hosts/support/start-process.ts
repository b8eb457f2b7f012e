import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { withinTimeLimit } from '../../../src/testing/within-time-limit.ts'

const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 5_000

/** The program, arguments and environment of a process. */
export interface ProcessOptions {
  readonly command: readonly [program: string, ...args: readonly string[]]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** A running process with all its child processes. */
export interface RunningProcess extends AsyncDisposable {
  /** Its output so far. */
  readonly output: string
  /** Resolves with the match once its output contains one; rejects with the output if it ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves with its exit code. */
  readonly exited: Promise<number | null>
}

/** Starts a process as the leader of a process group, so that its children end with it. */
export function startProcess({ command: [program, ...args], cwd, env }: ProcessOptions): RunningProcess {
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: [...stdio], detached: true })
  let output = ''
  let look = (): void => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      look()
    })
  }
  const exited = once(child, 'close').then(([code]): number | null => code)
  const stopNow = (): void => signalGroup(child.pid, 'SIGKILL')
  // An interrupted test run must not leave it behind.
  process.once('exit', stopNow)
  const describe = (what: string): string => `${[program, ...args].join(' ')} ${what}:\n${output}`

  return {
    get output() {
      return output
    },
    exited,
    waitFor(pattern) {
      const found = Promise.withResolvers<RegExpExecArray>()
      look = () => {
        const match = pattern.exec(output)
        if (match) found.resolve(match)
      }
      look()
      void exited.then((code) => found.reject(new Error(describe(`ended with ${code}`))), found.reject)
      return withinTimeLimit(found.promise, START_LIMIT_MS, () => describe(`printed no ${pattern}`))
    },
    async [Symbol.asyncDispose]() {
      signalGroup(child.pid, 'SIGTERM')
      await Promise.race([exited, sleep(STOP_LIMIT_MS, undefined, { ref: false })])
      stopNow()
      await exited
      process.off('exit', stopNow)
    },
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The whole group has already ended.
  }
}
