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
  // The last pane of a server ends it, and its exit code could not be read.
  const size = ['-x', String(columns), '-y', '40']
  const program = ['env', '-i', ...variables, 'TERM=screen-256color', process.execPath, PROGRAM, ...args]
  await tmux(
    '-u',
    'new-session',
    '-d',
    ...size,
    '-c',
    cwd,
    'sleep 60',
    ';',
    'set-option',
    '-g',
    'remain-on-exit',
    'on',
    ';',
    'respawn-pane',
    '-k',
    '-c',
    cwd,
    ...program,
  )
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
        // Empty while the program runs, and for a moment after its end.
        const status = (await tmux('display-message', '-p', '#{pane_dead_status}')).trim()
        if (status === '') throw new Error(`The program has not ended:\n${await screen()}`)
        return Number(status)
      }, TIME_LIMIT),
    async [Symbol.asyncDispose]() {
      await tmux('kill-server')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
