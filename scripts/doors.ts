import { readFileSync } from 'node:fs'

interface PackageJson {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson

/** Every door by the name that `exports` gives it (`.`, `./sse`, ...), without `./package.json`. */
export const doors: readonly string[] = Object.keys(packageJson.exports).filter((door) => door !== './package.json')

/** What a user imports: `.` is `ragwire`, `./sse` is `ragwire/sse`. */
export function specifierOf(door: string): string {
  return packageJson.name + door.slice(1)
}

/** The name of the door's file, without folder and extension: `.` is `index`, `./sse` is `sse`. */
export function fileNameOf(door: string): string {
  return door === '.' ? 'index' : door.slice(2)
}
