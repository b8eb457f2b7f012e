import { readFileSync } from 'node:fs'

/** Returns the version of the package. The path is the same from the source and from the built program. */
export function readVersion(): string {
  const packageJson: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof packageJson === 'object' && packageJson && 'version' in packageJson ? String(packageJson.version) : ''
}
