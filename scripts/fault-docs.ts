// The list of faults in the docs, made of the doc comments in the code. `node scripts/fault-docs.ts` writes it anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { faultModels } from '../src/testing/fault-server/fault-models.ts'
import { faults } from '../src/testing/fault-server/faults.ts'
import { step } from '../src/testing/fault-server/steps.ts'
import { writtenRegion } from './written-region.ts'

const FOLDER = new URL('../src/testing/fault-server/', import.meta.url)
const FAULTS = ['http-faults', 'stream-faults', 'vendor-faults', 'combinators', 'embeddings']
const STEPS = ['steps']

// A doc comment and the name after it: of a function, of a property, or of a word of a union.
const FUNCTION = /\/\*\*((?:(?!\*\/).)*)\*\/\s*export (?:async )?function (\w+)/gsu
const PROPERTY = /\/\*\*((?:(?!\*\/).)*)\*\/\s*(\w+):/gsu
const WORD = /\/\*\*((?:(?!\*\/).)*)\*\/\s*\| '([\w-]+)'/gsu

/** The page that has the list. */
export const FAULTS_PAGE = new URL('../docs/guides/testing.md', import.meta.url)

const REGION = writtenRegion('faults', 'scripts/fault-docs.ts')

/** Returns the page with the current list. */
export function withFaults(page: string): string {
  return REGION.replace(page, faultsList())
}

function faultsList(): string {
  const models = [...faultModels.keys()].map((name) => `\`${name}\``).join(', ')
  return [
    table('faults.', Object.keys(faults), readComments(FAULTS, FUNCTION)),
    `A request can choose one of these by its \`model\`, without a line of code: ${models}.\n`,
    'The parts that `faults.sequence` puts together:\n',
    table('step.', Object.keys(step), readComments(STEPS, PROPERTY)),
    'The shapes of `step.error` and `faults.errorInStream`:\n',
    words(STEPS),
    'The places of `faults.thinking`, and the shapes of `faults.refusesParameters`:\n',
    words(['vendor-faults']),
  ].join('\n')
}

function table(prefix: string, names: readonly string[], comments: ReadonlyMap<string, string>): string {
  const rows = names.toSorted().map((name) => `| \`${prefix}${name}\` | ${commentOf(name, comments)} |`)
  return ['| | what the server does |', '|---|---|', ...rows, ''].join('\n')
}

function words(files: readonly string[]): string {
  const comments = readComments(files, WORD)
  return table('', [...comments.keys()], comments)
}

function commentOf(name: string, comments: ReadonlyMap<string, string>): string {
  const comment = comments.get(name)
  if (comment === undefined) throw new Error(`Cannot describe ${name}: give it a doc comment`)
  return comment
}

/** Returns the first paragraph of each doc comment, by the name after it. */
function readComments(files: readonly string[], pattern: RegExp): ReadonlyMap<string, string> {
  const comments = files.flatMap((file) =>
    [...readFileSync(new URL(`${file}.ts`, FOLDER), 'utf8').matchAll(pattern)].map(
      ([, text = '', name = '']) => [name, firstParagraph(text)] as const,
    ),
  )
  return new Map(comments)
}

function firstParagraph(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/u, '').trim())
  const [paragraph = ''] = lines
    .join('\n')
    .trim()
    .split(/\n\n|@/u)
  return paragraph
    .replaceAll('\n', ' ')
    .replaceAll('|', String.raw`\|`)
    .trim()
}

if (import.meta.main) writeFileSync(FAULTS_PAGE, withFaults(readFileSync(FAULTS_PAGE, 'utf8')))
