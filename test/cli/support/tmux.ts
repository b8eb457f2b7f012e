import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { runProgram } from '../../support/run-program.ts'
import { environmentOf, PROGRAM } from './start-ragwire.ts'

const TMUX = '/usr/bin/tmux'

/** True if the tests that need a terminal can run; in CI they must. */
export const hasTmux: boolean = existsSync(TMUX) || process.env['CI'] === 'true'

/** `ragwire` in a real terminal. */
export interface TerminalSession extends AsyncDisposable {
  /** Resolves with the screen when it shows a text. */
  untilShown(text: string): Promise<string>
  /** Returns the screen, with the escape sequences of its styles. */
  styledScreen(): Promise<string>
  /** Presses keys, by their names in tmux, such as `Enter` and `C-c`. */
  press(...keys: readonly string[]): Promise<void>
  /** Types a text. */
  type(text: string): Promise<void>
  /** Resolves with the exit code when the program has ended. */
  exitCode(): Promise<number>
}

/** Options of {@link openTerminalSession}. */
export interface TerminalSessionOptions {
  /** The current folder. */
  readonly cwd: string
  /** The width of the terminal. */
  readonly columns: number
  /** The environment variables. @defaultValue none */
  readonly env?: Readonly<Record<string, string>>
}

const TIME_LIMIT = { timeout: 12_000, interval: 25 }

/** Starts the built program in a terminal of its own, on a server of tmux of its own. */
export async function openTerminalSession(
  args: readonly string[],
  { cwd, columns, env = {} }: TerminalSessionOptions,
): Promise<TerminalSession> {
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-tmux-'))
  const tmux = (...command: readonly string[]) =>
    runProgram(TMUX, ['-S', join(folder, 'socket'), '-f', '/dev/null', ...command])
  const variables = Object.entries(environmentOf({ LANG: 'C.UTF-8', ...env })).map(
    ([name, value]) => `${name}=${value}`,
  )
  const program = ['env', '-i', ...variables, 'TERM=screen-256color', process.execPath, PROGRAM, ...args]
  // The shell shows the exit code, because tmux itself sometimes misses the end of a program.
  const script = 'trap : INT; "$@"; echo "[exit code $?]"; exec sleep 60'
  const size = ['-x', String(columns), '-y', '40']
  await tmux('-u', 'new-session', '-d', ...size, '-c', cwd, 'sh', '-c', script, 'sh', ...program)
  const screen = (...flags: readonly string[]) => tmux('capture-pane', '-p', ...flags)

  return {
    untilShown: (text) =>
      vi.waitFor(async () => {
        const shown = await screen()
        if (!shown.includes(text)) throw new Error(`"${text}" is not shown:\n${shown}`)
        return shown
      }, TIME_LIMIT),
    styledScreen: () => screen('-e'),
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    exitCode: () =>
      vi.waitFor(async () => {
        const shown = await screen()
        const [, code] = /\[exit code (\d+)\]/u.exec(shown) ?? []
        if (code === undefined) throw new Error(`The program has not ended:\n${shown}`)
        return Number(code)
      }, TIME_LIMIT),
    async [Symbol.asyncDispose]() {
      await tmux('kill-server')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
