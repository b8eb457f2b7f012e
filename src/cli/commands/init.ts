import { resolve } from 'node:path'
import { EXIT } from '../command-line/cli-error.ts'
import { defineCommand, type CommandCall, type OptionTable } from '../command-line/command.ts'
import { readAppFiles } from '../init/app-files.ts'
import { askChoices, type Choices } from '../init/ask-choices.ts'
import { loaderPackagesOf } from '../init/loader-packages.ts'
import { nextSteps } from '../init/next-steps.ts'
import { installPackages, packageManagerOf } from '../init/package-manager.ts'
import { checkDocs, checkFolder, pathOfDocs } from '../init/places.ts'
import { DEFAULT_TEMPLATE, expectTemplate } from '../init/template.ts'
import { writeFiles } from '../init/write-files.ts'

const OPTIONS = {
  template: {
    type: 'string',
    short: 't',
    value: 'NAME',
    summary: 'hono (React, Vite and Hono; the default) or next (Next.js)',
  },
  docs: { type: 'string', value: 'PATH', summary: 'The folder of your documents, instead of two examples' },
  install: { type: 'boolean', summary: 'Install the packages, too' },
} as const satisfies OptionTable

/** `ragwire init`: writes a small app into an empty folder. */
export const init = defineCommand({
  name: 'init',
  summary: 'Write a small app with a server and a page, for you to change',
  usage: '[FOLDER] [options]',
  details: [
    'The folder is the current one by default. It must be empty, except for .git and the documents.',
    'On a terminal, the command asks for the template, the documents and the installation.',
  ],
  options: OPTIONS,
  maxPositionals: 1,
  examples: [
    { call: 'ragwire init my-chat', does: 'React, Vite and Hono, with two example documents' },
    { call: 'ragwire init my-chat --template next --docs ./handbook', does: 'Next.js, over your own documents' },
  ],
  run: writeApp,
})

async function writeApp(call: CommandCall<typeof OPTIONS>): Promise<number> {
  const { positionals, terminal, env, cwd, interrupted } = call
  const folder = resolve(cwd, positionals[0] ?? '.')
  const choices = await chooseParts(call, folder)
  if (!choices) {
    terminal.note('Cancelled: nothing was written')
    return EXIT.interrupted
  }
  const { template = DEFAULT_TEMPLATE, docs, install = false } = choices
  const files = await readAppFiles({
    template,
    folder,
    docs: docs ? pathOfDocs(docs, folder) : undefined,
    packages: docs ? await loaderPackagesOf(docs, interrupted) : [],
  })
  await writeFiles(folder, files, interrupted)
  const manager = packageManagerOf(env)
  if (install) await installPackages(manager, folder, interrupted)
  const steps = nextSteps({ folder, cwd, manager, isInstalled: install })
  terminal.print(`Wrote ${files.size} files to ${folder}. Start the app:\n`)
  for (const step of steps) terminal.print(`  ${step}`)
  terminal.print('\nThen open http://localhost:3000')
  return EXIT.ok
}

/** Checks the given parts before anything is asked, and asks for the others on a terminal. */
async function chooseParts(call: CommandCall<typeof OPTIONS>, folder: string): Promise<Choices | undefined> {
  const { values, terminal, cwd, interrupted: signal } = call
  const template = values.template === undefined ? undefined : expectTemplate(values.template)
  const docs = values.docs === undefined ? undefined : resolve(cwd, values.docs)
  if (docs !== undefined) await checkDocs(docs, folder)
  await checkFolder(folder, docs)
  const given = { template, docs, install: values.install }
  if (!terminal.isInteractive || terminal.input.isTTY !== true) return given
  return askChoices(given, { terminal, cwd, signal, checkDocs: (path) => checkDocs(path, folder) })
}
