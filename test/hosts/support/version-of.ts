import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const FOLDERS = ['../node_modules', '../../../node_modules'].map((path) => resolve(import.meta.dirname, path))

/**
 * Returns the version of an installed package. It does not use `require`, because the `exports` of some packages hide
 * package.json.
 */
export function versionOf(name: string): string {
  const file = FOLDERS.map((folder) => `${folder}/${name}/package.json`).find((path) => existsSync(path))
  if (file === undefined) throw new Error(`${name} is not installed: run \`npm run test:install\``)
  return JSON.parse(readFileSync(file, 'utf8')).version
}
