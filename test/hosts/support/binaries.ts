import { globSync } from 'node:fs'
import { join, resolve } from 'node:path'

const MODULES = resolve(import.meta.dirname, '../node_modules')

// The packages `bun` and `deno` find these with an install script, and install scripts are disabled here.
const PLACES = { bun: '@oven/bun-*/bin/bun{,.exe}', deno: '@deno/*/deno{,.exe}' }

/** Returns the path of the program of a runtime, in the one package that npm has installed for this platform. */
export function binaryOf(runtime: keyof typeof PLACES): string {
  const [path] = globSync(PLACES[runtime], { cwd: MODULES })
  if (path === undefined) throw new Error(`${runtime} has no program for this platform in ${MODULES}`)
  return join(MODULES, path)
}
