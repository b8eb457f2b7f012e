import type { Command } from './command-line/command.ts'
import { ask } from './commands/ask.ts'
import { evaluate } from './commands/eval.ts'
import { index } from './commands/index-command.ts'
import { init } from './commands/init.ts'
import { serve } from './commands/serve.ts'

/** The commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [serve, ask, index, evaluate, init]
