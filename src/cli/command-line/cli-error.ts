/** The exit codes of `ragwire`. */
export const EXIT = {
  /** The command did what it was asked for. */
  ok: 0,
  /** It could not, or a check failed. */
  failed: 1,
  /** The command line, the configuration or the environment is wrong. */
  usage: 2,
  /** The user stopped it with Ctrl-C, as 128 and the number of SIGINT. */
  interrupted: 130,
} as const

/** A failure that the user can correct. Its message is shown as one line: the action, the value and the fix. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** The exit code of the process. */
  readonly exitCode: number

  constructor(message: string, options: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.exitCode = options.exitCode ?? EXIT.failed
  }
}

/** Makes the error of a wrong command line, configuration or environment. */
export function usageError(message: string, cause?: unknown): CliError {
  return new CliError(message, { exitCode: EXIT.usage, cause })
}
