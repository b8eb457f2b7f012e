// Type-checks every `ts` block of the documentation against the built package, imported by its name as a user would.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { allSnippets, type Snippet } from './snippets.ts'

// Inside the repository, so that `ragwire` and its peers resolve.
const FOLDER = '.cache/snippets'

const TSCONFIG = {
  extends: '../../tsconfig.json',
  // Each block is a module of its own, and may name something only to show it.
  compilerOptions: { moduleDetection: 'force', noUnusedLocals: false },
  include: ['*.ts'],
}

const snippets = allSnippets()
const exempt = snippets.filter(({ meta, code }) => meta !== '' || /@ts-(?:ignore|nocheck)/.test(code))
for (const { file, line } of exempt) {
  console.error(`${file}:${line}: every block is checked: write \`ts\` alone on the fence and suppress nothing`)
}

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
writeFileSync(`${FOLDER}/tsconfig.json`, JSON.stringify(TSCONFIG))
for (const snippet of snippets) writeFileSync(`${FOLDER}/${nameOf(snippet)}`, snippet.code)

const compiled = snippets.length === 0 ? { status: 0 } : spawnSync('tsc', ['-p', FOLDER], { stdio: 'inherit' })
console.log(`${snippets.length} blocks`)
process.exitCode = compiled.status === 0 && exempt.length === 0 ? 0 : 1

/** `README.md` line 12 is `README-md-line-12.ts`, so that an error of the compiler says where to look. */
function nameOf({ file, line }: Snippet): string {
  return `${file.replaceAll(/\W+/g, '-')}-line-${line}.ts`
}
