import { readFileSync } from 'node:fs'

interface PackageJson {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson

/** The entry points by their names in `exports` (`.`, `./sse`, ...), without `./package.json`. */
export const doors: readonly string[] = Object.keys(packageJson.exports).filter((door) => door !== './package.json')

/** Returns the import path of an entry point: `.` is `ragwire`, `./sse` is `ragwire/sse`. */
export function specifierOf(door: string): string {
  return packageJson.name + door.slice(1)
}

/** Returns the file name of an entry point, without folder and extension: `.` is `index`, `./sse` is `sse`. */
export function fileNameOf(door: string): string {
  return door === '.' ? 'index' : door.slice(2)
}
