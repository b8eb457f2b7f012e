import stringWidth from 'fast-string-width'
import type { Command, Explanation, OptionDefinition } from './command.ts'
import { wrapText } from './word-wrap.ts'

const EXIT_CODES: readonly Explanation[] = [
  { name: '0', does: 'It did what it was asked for' },
  { name: '1', does: 'It failed' },
  { name: '2', does: 'The command line, the configuration or the environment is wrong' },
  { name: '130', does: 'Stopped with Ctrl-C' },
]

/** The environment variables of every command. */
export const COMMON_ENVIRONMENT: readonly Explanation[] = [
  { name: 'NO_COLOR', does: 'No colours and no links' },
  { name: 'FORCE_COLOR', does: 'Colours also if the output is not a terminal' },
  { name: 'RAGWIRE_DEBUG', does: 'Show the stack and the causes of an error' },
]

const FIRST_CALLS = [
  ['npx ragwire serve ./docs', 'A chat over a folder, in the browser; no key is needed'],
  ['npx ragwire ask "How do I stop an answer?" --docs ./docs', 'One answer with its sources'],
  ['npx ragwire index ./docs --verify', 'Check that the index has exactly these documents'],
] as const

// Below this width, an explanation stands under its name instead of beside it.
const FEWEST_COLUMNS_BESIDE = 28
const MOST_COLUMNS = 100

/** Returns the text of `ragwire --help`, for a terminal of that many columns. */
export function overview(commands: readonly Command[], columns: number): string {
  const width = Math.min(columns, MOST_COLUMNS)
  return [
    wrapText('ragwire: answers from your documents, with their sources', { columns: width }),
    '',
    'Usage: ragwire COMMAND [options]',
    '',
    'Commands:',
    ...table(
      commands.map(({ name, summary }) => [name, summary]),
      width,
    ),
    '',
    'Start with one of these:',
    ...table(FIRST_CALLS, width, { isStacked: true }),
    '',
    wrapText('Every command has its own help: ragwire serve --help', { columns: width }),
    wrapText('The model and the documents can stand in ragwire.config.json', { columns: width }),
  ].join('\n')
}

/** Returns the text of `ragwire COMMAND --help`, for a terminal of that many columns. */
export function helpOf(command: Command, columns: number): string {
  const { name, summary, usage, details, options, examples, environment = [], exitCodes = [] } = command
  const width = Math.min(columns, MOST_COLUMNS)
  const rows = Object.entries(options).map(
    ([option, definition]) => [formsOf(option, definition), definition.summary] as const,
  )
  const codes = EXIT_CODES.map((code) => exitCodes.find((own) => own.name === code.name) ?? code)
  return [
    wrapText(summary, { columns: width }),
    '',
    wrapText(`Usage: ragwire ${name} ${usage}`.trimEnd(), { columns: width, indent: '  ' }),
    ...details.flatMap((paragraph) => ['', wrapText(paragraph, { columns: width })]),
    '',
    'Options:',
    ...table([...rows, ['-h, --help', 'Show this help']], width),
    '',
    'Examples:',
    ...table(
      examples.map(({ call, does }) => [call, does]),
      width,
      { isStacked: true },
    ),
    ...section('Environment:', [...environment, ...COMMON_ENVIRONMENT], width),
    ...section('Exit codes:', codes, width),
  ].join('\n')
}

function section(title: string, rows: readonly Explanation[], columns: number): readonly string[] {
  const cells = rows.map(({ name, does }) => [name, does] as const)
  return ['', title, ...table(cells, columns)]
}

function formsOf(name: string, { short, value }: OptionDefinition): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`
  return short === undefined ? `    ${long}` : `-${short}, ${long}`
}

type Row = readonly [left: string, right: string]

function table(rows: readonly Row[], columns: number, { isStacked = false } = {}): readonly string[] {
  const left = Math.max(...rows.map(([name]) => stringWidth(name)))
  // Columns beside the name, without the margins of two columns.
  const isBeside = !isStacked && columns - left - 4 >= FEWEST_COLUMNS_BESIDE
  return rows.flatMap(([name, does]) => {
    if (isBeside) {
      const indent = ' '.repeat(left + 4)
      return [`  ${name}${' '.repeat(left - stringWidth(name))}  ${wrapBeside(does, columns, indent)}`]
    }
    const first = wrapText(`  ${name.trimStart()}`, { columns, indent: '    ' })
    return [first, `      ${wrapBeside(does, columns, '      ')}`]
  })
}

function wrapBeside(text: string, columns: number, indent: string): string {
  return wrapText(text, { columns: columns - indent.length }).replaceAll('\n', `\n${indent}`)
}
