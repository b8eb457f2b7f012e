import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { CliError } from '../command-line/cli-error.ts'
import { reasonOf } from '../command-line/reason-of.ts'

/** A package manager by the name of its program. */
export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun'

const KNOWN: readonly PackageManager[] = ['npm', 'pnpm', 'yarn', 'bun']

/** Returns the package manager that has started the program, such as pnpm after `pnpm dlx`; npm if it is unknown. */
export function packageManagerOf(env: NodeJS.ProcessEnv): PackageManager {
  const [name] = (env['npm_config_user_agent'] ?? '').split('/')
  return KNOWN.find((known) => known === name) ?? 'npm'
}

/**
 * Installs the packages of a folder, and shows the output of the package manager.
 *
 * @throws CliError with the command to run again; the reason of the signal if it fires
 */
export async function installPackages(manager: PackageManager, folder: string, signal: AbortSignal): Promise<void> {
  // On Windows, the program is a script.
  const shell = process.platform === 'win32'
  const child = spawn(manager, ['install'], { cwd: folder, shell, stdio: ['ignore', 'inherit', 'inherit'] })
  const stop = (): void => void child.kill()
  signal.addEventListener('abort', stop)
  try {
    const [code] = await once(child, 'close')
    signal.throwIfAborted()
    if (code !== 0) throw new Error(`it has ended with ${code}`)
  } catch (cause) {
    signal.throwIfAborted()
    throw new CliError(
      `The app is written, but ${manager} install failed: ${reasonOf(cause)}. Run it again in ${folder}`,
      {
        cause,
      },
    )
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
