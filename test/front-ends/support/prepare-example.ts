import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }

const HERE = resolve(import.meta.dirname, '..')
const ROOT = resolve(HERE, '../..')

/** The options of {@link prepareExample}. */
export interface PrepareOptions {
  /** Replaces the port 3000 of the chat server. */
  readonly port?: number
  /** Contents that replace those of the example, by path. */
  readonly files?: Readonly<Record<string, string>>
  /** The folder of the tests whose `node_modules` has the packages of the example. @defaultValue `test/front-ends` */
  readonly home?: string
}

/**
 * Copies an example to a folder of its own, as a user does, and returns the path. `ragwire` is there as npm would install
 * it; other packages resolve to the `node_modules` of the parent folders.
 */
export function prepareExample(name: string, { port = 3000, files = {}, home = HERE }: PrepareOptions = {}): string {
  if (!existsSync(join(ROOT, 'dist'))) throw new Error('There is no dist/ to install: run `npm run build` first')
  // Of this worker alone: tests that run at the same time may use the same name.
  const folder = join(home, '.cache', `${name}-${process.env['VITEST_POOL_ID'] ?? ''}`)
  rmSync(folder, { recursive: true, force: true })
  cpSync(join(ROOT, 'examples', name), folder, { recursive: true })
  for (const path of globSync('**/*.{js,ts}', { cwd: folder })) {
    const text = readFileSync(join(folder, path), 'utf8')
    writeFileSync(join(folder, path), text.replaceAll('3000', String(port)))
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const path of ['package.json', ...packageJson.files]) {
    cpSync(join(ROOT, path), join(folder, 'node_modules/ragwire', path), { recursive: true })
  }
  return folder
}
