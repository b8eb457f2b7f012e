import type { Terminal } from './terminal.ts'

/** An option of a command, such as `--port 3000`. */
export interface OptionDefinition {
  /** A `boolean` is a switch without a value. */
  readonly type: 'string' | 'boolean'
  /** The short form, one letter. */
  readonly short?: string
  /** True if the option may be given several times. */
  readonly multiple?: true
  /** The value in the help, such as `PORT`; absent for a switch. */
  readonly value?: string
  /** One sentence for the help, with the default. */
  readonly summary: string
}

/** The options of a command by their long names, without the dashes. */
export type OptionTable = Readonly<Record<string, OptionDefinition>>

type ValueOf<T extends OptionDefinition> = T['type'] extends 'boolean'
  ? boolean
  : T extends { readonly multiple: true }
    ? readonly string[]
    : string

/** The given options; one that was not given is absent. */
export type OptionValues<T extends OptionTable> = { readonly [Name in keyof T]?: ValueOf<T[Name]> }

/** A call of a command. */
export interface CommandCall<T extends OptionTable = OptionTable> {
  /** The given options. */
  readonly values: OptionValues<T>
  /** The arguments that are no options. */
  readonly positionals: readonly string[]
  /** Shows texts to the user, and reads from the user. */
  readonly terminal: Terminal
  /** The environment variables. */
  readonly env: NodeJS.ProcessEnv
  /** The folder in which the command was started. */
  readonly cwd: string
  /** The version of the program. */
  readonly version: string
  /** Fires with the first SIGINT or SIGTERM. The second one ends the process at once. */
  readonly interrupted: AbortSignal
  /** Gives Ctrl-C to a listener, instead of `interrupted`, until the returned function is called. */
  divertCtrlC(listener: () => void): () => void
}

/** A name with its explanation, for the help. */
export interface Explanation {
  /** The name, such as that of an environment variable. */
  readonly name: string
  /** One sentence. */
  readonly does: string
}

/** A command of `ragwire`. */
export interface Command {
  /** Its name, such as `serve`. */
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** The forms of a call, without `ragwire` and the name, such as `[PATH...] [options]`. */
  readonly usage: string
  /** Paragraphs for `--help`, before the options. */
  readonly details: readonly string[]
  /** The options, besides `--help`. */
  readonly options: OptionTable
  /** Complete calls, each with a sentence. */
  readonly examples: readonly { readonly call: string; readonly does: string }[]
  /** The environment variables that it reads besides those of every command, for the help. @defaultValue none */
  readonly environment?: readonly Explanation[]
  /** The exit codes that mean more than those of every command. @defaultValue none */
  readonly exitCodes?: readonly Explanation[]
  /** The maximum number of arguments that are no options. @defaultValue no limit */
  readonly maxPositionals?: number
  /** The fix for a call with more of them. @defaultValue none */
  readonly positionalAdvice?: string
  /**
   * Runs the command, and resolves with the exit code.
   *
   * @throws CliError with a message for the user
   */
  run(call: CommandCall): Promise<number>
}

/** A command whose `run` gets the types of its options. */
export interface TypedCommand<T extends OptionTable> extends Omit<Command, 'options' | 'run'> {
  /** The options, besides `--help`. */
  readonly options: T
  /**
   * Runs the command, and resolves with the exit code.
   *
   * @throws CliError with a message for the user
   */
  run(call: CommandCall<T>): Promise<number>
}

/** Returns the command for the list of all commands. The parser gives `run` the types that the options have. */
export function defineCommand<const T extends OptionTable>(command: TypedCommand<T>): Command {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parseArguments makes the values of this table
  return { ...command, run: (call) => command.run(call as CommandCall<T>) }
}
