import { readFileSync } from 'node:fs'

interface PackageJson {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson

/** The entry points by their names in `exports` (`.`, `./sse`, ...), without `./package.json`. */
export const entryPoints: readonly string[] = Object.keys(packageJson.exports).filter(
  (entryPoint) => entryPoint !== './package.json',
)

/** Returns the import path of an entry point: `.` is `ragwire`, `./sse` is `ragwire/sse`. */
export function specifierOf(entryPoint: string): string {
  return packageJson.name + entryPoint.slice(1)
}

/** Returns the file name of an entry point, without folder and extension: `.` is `index`, `./sse` is `sse`. */
export function fileNameOf(entryPoint: string): string {
  return entryPoint === '.' ? 'index' : entryPoint.slice(2)
}
