// Type-checks every `ts` block of the documentation against the built package, imported by its name as in user code.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { extraFolders, missingFoldersMessage } from '../test/setup/extra-folders.ts'
import { allSnippets, type Snippet } from './snippets.ts'

/** Blocks that are compiled together, in a folder where their imports can be resolved. */
interface Group {
  readonly snippets: readonly Snippet[]
  readonly folder: string
  /** The base of their configuration. */
  readonly config: string
}

// The guides whose packages only a folder of tests installs.
const FOLDERS: Readonly<Record<string, string>> = {
  'docs/guides/ag-ui.md': 'test/protocols',
  'docs/guides/ai-sdk.md': 'test/protocols',
  'docs/guides/copilotkit.md': 'test/copilotkit',
  'docs/guides/hosts.md': 'test/hosts',
  'docs/guides/markdown.md': 'test/front-ends',
  'docs/guides/models.md': 'test/ai-sdk-providers',
  'docs/guides/next.md': 'test/front-ends',
  'docs/guides/react.md': 'test/front-ends',
}

const COMPILER_OPTIONS = {
  // Each block is a separate module, and may declare a name without using it.
  moduleDetection: 'force',
  noUnusedLocals: false,
  jsx: 'react-jsx',
  // NestJS uses parameter decorators.
  experimentalDecorators: true,
}

const snippets = allSnippets()
const exempt = snippets.filter(({ meta, code }) => meta !== '' || /@ts-(?:ignore|nocheck)/.test(code))
for (const { file, line } of exempt) {
  console.error(`${file}:${line}: every block is checked: write only \`ts\` on the fence and suppress no error`)
}

const missing = extraFolders.filter(({ installed }) => !installed).map(({ path }) => path)
const folders = [...new Set(Object.values(FOLDERS))].filter((folder) => !missing.includes(folder))
const groups: readonly Group[] = [
  {
    snippets: snippets.filter(({ file }) => !(file in FOLDERS)),
    // Inside the repository, so that `ragwire` and its peers resolve.
    folder: '.cache/snippets',
    config: 'tsconfig.json',
  },
  ...folders.map((folder) => ({
    snippets: snippets.filter(({ file }) => FOLDERS[file] === folder),
    folder: `${folder}/.cache/snippets`,
    config: `${folder}/tsconfig.json`,
  })),
]
const compiled = groups.map(compile)
for (const [guide, folder] of Object.entries(FOLDERS)) {
  if (missing.includes(folder)) console.log(`Skipping ${guide}. ${missingFoldersMessage}`)
}
console.log(`${groups.reduce((sum, group) => sum + group.snippets.length, 0)} blocks`)
process.exitCode = compiled.every(Boolean) && exempt.length === 0 ? 0 : 1

/** Compiles the blocks of a group; false if it failed. */
function compile({ snippets, folder, config }: Group): boolean {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const tsconfig = {
    extends: relative(folder, config),
    compilerOptions: COMPILER_OPTIONS,
    include: ['**/*.ts', '**/*.tsx'],
    exclude: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  for (const snippet of snippets) {
    const file = join(folder, nameOf(snippet))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, snippet.code)
  }
  return snippets.length === 0 || spawnSync('tsc', ['-p', folder], { stdio: 'inherit' }).status === 0
}

/** Names the file of a block: `README.md` line 12 is `README-md-line-12.ts`, so that a compiler error shows the place. A block that begins with `// chat.ts` has that name instead, so that other blocks can import it.
 */
function nameOf({ file, line, extension, code }: Snippet): string {
  return /^\/\/ (\S+\.tsx?)\n/u.exec(code)?.[1] ?? `${file.replaceAll(/\W+/g, '-')}-line-${line}.${extension}`
}
