import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ASK_OPTIONS } from '../../src/cli/ask/ask-settings.ts'
import type { OptionDefinition, OptionTable } from '../../src/cli/command-line/command.ts'
import { COMMON_ENVIRONMENT } from '../../src/cli/command-line/help.ts'
import { INDEX_OPTIONS } from '../../src/cli/commands/index-command.ts'
import { MCP_OPTIONS } from '../../src/cli/commands/mcp.ts'
import { EVAL_OPTIONS } from '../../src/cli/eval/eval-settings.ts'
import { ENVIRONMENT } from '../../src/cli/settings/environment.ts'
import { CONFIG_FIELDS } from '../../src/cli/settings/check-config.ts'
import { DOCUMENT_OPTIONS } from '../../src/cli/settings/settings.ts'

const GUIDE = readFileSync('docs/guides/command-line.md', 'utf8')

/** Returns the rows of a section that begin with code, up to the next section of the same level. */
function rowsOf(heading: string): readonly string[] {
  const [, section = ''] = GUIDE.split(`\n## ${heading}\n`)
  return section.split('\n## ')[0]?.match(/^\| `-.*$/gm) ?? []
}

function toRows(options: OptionTable): readonly string[] {
  return Object.entries(options).map(([name, { short, value, summary }]: [string, OptionDefinition]) => {
    const long = `\`--${name}${value === undefined ? '' : ` ${value}`}\``
    return `| ${short === undefined ? long : `\`-${short}\`, ${long}`} | ${summary} |`
  })
}

const isOwn = ([name]: readonly [string, unknown]) => !Object.hasOwn(DOCUMENT_OPTIONS, name)
const ownRows = (options: OptionTable) => toRows(Object.fromEntries(Object.entries(options).filter(isOwn)))

describe('the guide of the command line', () => {
  it.each([
    ['Ask a question', ownRows(ASK_OPTIONS)],
    ['Index documents', ownRows(INDEX_OPTIONS)],
    ['Serve tools to an assistant', ownRows(MCP_OPTIONS)],
    ['Measure the answers', ownRows(EVAL_OPTIONS)],
    ['Options of all these commands', toRows(DOCUMENT_OPTIONS)],
  ])('lists under "%s" the options of the code', (heading, rows) => {
    expect(rows.length).toBeGreaterThan(1)
    expect(rowsOf(heading)).toEqual(rows)
  })

  it('lists the environment variables of the code', () => {
    for (const { name, does } of [...ENVIRONMENT, ...COMMON_ENVIRONMENT])
      expect(GUIDE).toContain(`| \`${name}\` | ${does} |`)
  })

  it('lists every field of the configuration', () => {
    const [, section = ''] = GUIDE.split('\n## The configuration\n')
    for (const field of CONFIG_FIELDS) expect(section).toMatch(new RegExp(`^\\|.*\`${field}\`.*\\|`, 'm'))
  })
})
