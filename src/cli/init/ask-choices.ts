import { confirm, isCancel, select, text } from '@clack/prompts'
import { resolve } from 'node:path'
import { CliError } from '../command-line/cli-error.ts'
import type { Terminal } from '../command-line/terminal.ts'
import { DEFAULT_TEMPLATE, TEMPLATE_NAMES, TEMPLATES, type Template } from './template.ts'

/** The choices that a call leaves open are undefined. */
export interface Choices {
  /** The template. */
  readonly template: Template | undefined
  /** The absolute path of the user's documents; empty for the examples of the template. */
  readonly docs: string | undefined
  /** True to install the packages. */
  readonly install: boolean | undefined
}

/** The surroundings of the questions. */
export interface Asking {
  /** Shows the questions, and reads the answers. */
  readonly terminal: Terminal
  /** The folder that a path is relative to. */
  readonly cwd: string
  /** Ends the questions. */
  readonly signal: AbortSignal
  /** Throws a CliError if a folder cannot be used for the documents. */
  readonly checkDocs: (docs: string) => Promise<void>
}

/** Asks a person for the open choices. Enter takes the default. Resolves with undefined after Ctrl-C. */
export async function askChoices(given: Choices, asking: Asking): Promise<Required<Choices> | undefined> {
  const { terminal, signal } = asking
  const streams = { input: terminal.input, output: terminal.errors, signal }
  const template = given.template ?? (await askTemplate(streams))
  if (isCancel(template)) return undefined
  const docs = given.docs ?? (await askDocs(streams, asking))
  if (docs === undefined) return undefined
  const install = given.install ?? (await confirm({ ...streams, message: 'Install the packages now?' }))
  if (isCancel(install)) return undefined
  return { template, docs, install }
}

type Streams = Pick<Parameters<typeof confirm>[0], 'input' | 'output' | 'signal'>

function askTemplate(streams: Streams) {
  const options = TEMPLATE_NAMES.map((value) => ({ value, label: TEMPLATES[value], hint: value }))
  return select<Template>({ ...streams, message: 'Which app?', options, initialValue: DEFAULT_TEMPLATE })
}

/** Asks until the folder can be used. */
async function askDocs(streams: Streams, { cwd, checkDocs, terminal }: Asking): Promise<string | undefined> {
  for (;;) {
    const message = 'Folder of your documents (Enter for two examples)'
    const path = await text({ ...streams, message, placeholder: 'two examples', defaultValue: '' })
    if (isCancel(path)) return undefined
    if (path.trim() === '') return ''
    const docs = resolve(cwd, path.trim())
    try {
      await checkDocs(docs)
      return docs
    } catch (thrown) {
      if (!(thrown instanceof CliError)) throw thrown
      terminal.note(thrown.message)
    }
  }
}
