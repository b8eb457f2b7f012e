import type { Command, OptionDefinition } from './command.ts'

/** Returns the text of `ragwire --help`. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const)
  return [
    'ragwire: answers from your documents, with their sources',
    '',
    'Usage: ragwire COMMAND [options]',
    '',
    'Commands:',
    ...table(rows),
    '',
    'Try it without a key: npx ragwire serve ./docs',
    'Every command has its own help: ragwire serve --help',
  ].join('\n')
}

/** Returns the text of `ragwire COMMAND --help`. */
export function helpOf({ name, summary, usage, details, options, examples }: Command): string {
  const rows = Object.entries(options).map(
    ([option, definition]) => [formsOf(option, definition), definition.summary] as const,
  )
  return [
    `${summary}`,
    '',
    `Usage: ragwire ${name} ${usage}`.trimEnd(),
    ...details.flatMap((paragraph) => ['', paragraph]),
    '',
    'Options:',
    ...table([...rows, ['-h, --help', 'Show this help']]),
    '',
    'Examples:',
    ...table(examples.map(({ call, does }) => [call, does] as const)),
  ].join('\n')
}

function formsOf(name: string, { short, value }: OptionDefinition): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`
  return short === undefined ? `    ${long}` : `-${short}, ${long}`
}

function table(rows: readonly (readonly [left: string, right: string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
