import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }

const HOSTS = resolve(import.meta.dirname, '..')
const ROOT = resolve(HOSTS, '../..')

/**
 * Creates the folder of an application and returns its path. It contains `ragwire` as npm would install it, so that
 * every runtime resolves it by its name and its exports. Other imports resolve to `node_modules` of the parent
 * folders.
 */
export function prepareApp(name: string, files: Readonly<Record<string, string>>): string {
  if (!existsSync(join(ROOT, 'dist'))) throw new Error('There is no dist/ to install: run `npm run build` first')
  // Of this worker alone: tests that run at the same time may use the same name.
  const folder = join(HOSTS, '.cache', `${name}-${process.env['VITEST_POOL_ID'] ?? ''}`)
  rmSync(folder, { recursive: true, force: true })
  for (const path of ['package.json', ...packageJson.files]) {
    cpSync(join(ROOT, path), join(folder, 'node_modules/ragwire', path), { recursive: true })
  }
  const all = {
    'package.json': JSON.stringify({ private: true, type: 'module' }),
    'chat.ts': readFileSync(join(HOSTS, 'app/chat.ts'), 'utf8'),
    'plain.ts': readFileSync(join(HOSTS, 'app/plain.ts'), 'utf8'),
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
