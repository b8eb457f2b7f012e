import type { Command } from './command-line/command.ts'
import { index } from './commands/index-command.ts'
import { serve } from './commands/serve.ts'

/** The commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [serve, index]
