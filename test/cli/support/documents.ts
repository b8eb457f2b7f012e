import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const TEA = `# Tea

Tea is a drink from leaves.

## Green tea

Green tea is steeped at 80 degrees for two minutes.
`

/** The documents of the tests, by their paths. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  'docs/tea.md': TEA,
  'docs/cats.md': '# Cats\n\nCats sleep 16 hours a day.\n',
}

/** A folder that is removed at the end. */
export interface Folder extends Disposable {
  /** Its path. */
  readonly path: string
}

/** Makes a folder with files. */
export function makeFolder(files: Readonly<Record<string, string>> = DOCUMENTS): Folder {
  const path = mkdtempSync(join(tmpdir(), 'ragwire-cli-'))
  for (const [name, content] of Object.entries(files)) {
    const file = join(path, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
