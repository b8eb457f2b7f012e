import stringWidth from 'fast-string-width'
import { afterAll, describe, expect, it } from 'vitest'
import type { Command } from '../../src/cli/command-line/command.ts'
import { COMMON_ENVIRONMENT, helpOf, overview } from '../../src/cli/command-line/help.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { ENVIRONMENT } from '../../src/cli/settings/environment.ts'
import { callRagwire } from './support/call-ragwire.ts'
import { makeFolder } from './support/documents.ts'

const folder = makeFolder({ 'docs/tea.md': '# Tea' })
afterAll(() => folder[Symbol.dispose]())

const call = (...args: readonly string[]) => callRagwire(args, { cwd: folder.path })

describe('a wrong command line', () => {
  it.each([
    ['an unknown command', ['serv'], 'Cannot run "serv": ragwire has no such command. Did you mean serve?'],
    ['a path', ['./docs'], 'Did you mean ragwire serve ./docs?'],
    ['a path of Windows', ['docs\\tea'], 'Did you mean ragwire serve docs\\tea?'],
    ['a file', ['tea.md'], 'Did you mean ragwire serve tea.md?'],
    ['a question', ['How hot?'], 'Did you mean ragwire ask "How hot?"?'],
    ['an unknown command with nothing near', ['xyzxyz'], 'Use serve, ask'],
    ['an unknown option', ['ask', 'x', '--jsno'], 'ragwire ask has no such option. Did you mean --json?'],
    ['an unknown short option', ['ask', 'x', '-z'], 'Cannot use -z: ragwire ask has no such option'],
    ['an option without a command', ['--versoin'], 'Did you mean --version?'],
    ['a missing value', ['ask', 'x', '--docs'], 'Cannot use --docs: it needs a value, such as --docs PATH'],
    ['an empty value', ['ask', 'x', '--docs='], 'Cannot use --docs: it needs a value'],
    ['an option as a value', ['ask', 'x', '--thread', '--json'], 'write --thread=--json if that is its value'],
    ['a value for a switch', ['ask', 'x', '--json=yes'], 'Cannot use --json=yes: --json takes no value'],
    ['two values', ['ask', 'x', '-t', 'a', '--thread=b'], 'Cannot use --thread twice: it takes one value'],
    ['no- before an option with a value', ['ask', 'x', '--no-docs'], 'Cannot use --no-docs'],
    ['a second question', ['ask', 'how', 'hot'], 'Cannot use "hot": ragwire ask takes one argument. Put the question'],
    ['an option behind --', ['ask', 'x', '--', '--json'], 'Cannot use "--json": ragwire ask takes one argument'],
    ['a number that is none', ['ask', 'x', '--docs=docs', '-k', '3x'], 'Cannot use --top-k 3x: it must be a whole'],
    ['a number out of range', ['ask', 'x', '--docs=docs', '--top-k=0'], 'from 1 to 1000'],
    ['no documents', ['ask', 'x'], 'Cannot find documents: name a folder, such as --docs ./docs'],
    ['a missing folder', ['ask', 'x', '--docs', 'dosc'], 'there is no such file or folder'],
    ['an empty question', ['ask', ' ', '--docs', 'docs'], 'Cannot ask "": the question is empty'],
    ['no question', ['ask', '--docs', 'docs'], 'Cannot ask: there is no question'],
    ['two conversations', ['ask', 'x', '--docs=docs', '--thread=a', '--continue'], '--thread and --continue together'],
    ['a thread in memory', ['ask', 'x', '--docs=docs', '--memory', '--thread=a'], 'conversations in memory end'],
    ['no conversation to continue', ['ask', 'x', '--docs=docs', '--continue'], 'there is no conversation yet'],
    ['a model without a key', ['ask', 'x', '--docs=docs', '--model=m'], 'set OPENAI_API_KEY, or OPENAI_BASE_URL'],
    ['an embedding model without a key', ['ask', 'x', '--docs=docs', '--embedding-model=m'], 'set OPENAI_API_KEY'],
    ['two actions', ['index', 'docs', '--verify', '--clear'], 'Cannot use --verify and --clear together'],
    ['an index in memory', ['index', 'docs', '--memory'], 'Cannot use --memory'],
  ] as const)('exits with 2 and one line for %s', async (_name, args, message) => {
    const { code, stdout, stderr } = await call(...args)
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('shows the stack and the cause with RAGWIRE_DEBUG', async () => {
    const { stderr } = await callRagwire(['ask', 'x', '--docs', 'dosc'], {
      cwd: folder.path,
      env: { RAGWIRE_DEBUG: '1' },
    })
    expect(stderr).toMatch(/CliError: Cannot read .*\n\s+at .*/)
    expect(stderr).toContain('ENOENT')
  })
})

describe('help', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('shows all commands for %j', async (args) => {
    const { code, stdout } = await call(...args)
    expect(stdout).toBe(`${overview(COMMANDS, 80)}\n`)
    for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`${name} +${summary.slice(0, 20)}`))
    expect(code).toBe(0)
  })

  it.each([[['ask', '--help']], [['ask', 'x', '-h', '--nonsense']], [['--help', 'ask']], [['help', 'ask']]])(
    'shows one command for %j',
    async (args) => {
      const { code, stdout } = await call(...args)
      expect(stdout).toContain('Usage: ragwire ask [QUESTION] [options]')
      expect(code).toBe(0)
    },
  )

  it.each([[['--version']], [['-v']]])('shows the version for %j', async (args) => {
    const { stdout } = await call(...args)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each(
    COMMANDS.filter(({ options }) => 'model' in options).map((command): [string, Command] => [command.name, command]),
  )('of %s names the variables of the model and of every command', (_name, command) => {
    const text = helpOf(command, 200)
    for (const { name, does } of [...ENVIRONMENT, ...COMMON_ENVIRONMENT])
      expect(text).toMatch(new RegExp(`^  ${name} +${does.slice(0, 20)}`, 'm'))
  })

  it.each(COMMANDS.map((command): [string, Command] => [command.name, command]))(
    'of %s names every option, and fits the terminal',
    (_name, command) => {
      for (const columns of [40, 60, 80, 200]) {
        const text = helpOf(command, columns)
        for (const option of Object.keys(command.options)) expect(text).toContain(`--${option}`)
        // The calls are longer than 40 columns, and are broken between words.
        const widths = text.split('\n').map((line) => stringWidth(line))
        expect(Math.max(...widths)).toBeLessThanOrEqual(Math.min(columns, 100))
      }
    },
  )
})

describe('options before the command', () => {
  it('belong to the command, also if a value is the name of a command', async () => {
    const { stderr } = await call('--docs', 'ask', 'index', '--verify')
    expect(stderr).toMatch(/Cannot read .*\/ask: there is no such file or folder/)
  })
})
