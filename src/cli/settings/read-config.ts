import { dirname, extname, isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { usageError } from '../command-line/cli-error.ts'
import { readBounded } from '../command-line/read-bounded.ts'
import { codeOf, reasonOf } from '../command-line/reason-of.ts'
import { checkConfig } from './check-config.ts'
import type { RagwireConfig } from '../config/ragwire-config.ts'

/** A configuration, and the folder that its paths are relative to. */
export interface ReadConfig {
  /** Its fields; none without a file. */
  readonly config: RagwireConfig
  /** The folder of the file, or the current one. */
  readonly folder: string
}

const MAX_BYTES = 1_000_000

const NAMES = ['ragwire.config.json', 'ragwire.config.js', 'ragwire.config.mjs', 'ragwire.config.ts']

/**
 * Reads the configuration: the file of `--config`, or else the first of the known names in the current folder.
 *
 * @throws CliError that names the file and the problem
 */
export async function readConfig(given: string | undefined, cwd: string): Promise<ReadConfig> {
  if (given !== undefined) {
    const file = resolve(cwd, given)
    const found = await readIfThere(file)
    if (found === undefined) throw usageError(`Cannot read ${given}: there is no such file`)
    return { config: found, folder: dirname(file) }
  }
  for (const name of NAMES) {
    const found = await readIfThere(resolve(cwd, name))
    if (found !== undefined) return { config: found, folder: cwd }
  }
  return { config: {}, folder: cwd }
}

async function readIfThere(file: string): Promise<RagwireConfig | undefined> {
  let text: string
  try {
    text = Buffer.from(await readBounded(file, MAX_BYTES)).toString('utf8')
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw usageError(`Cannot read ${file}: ${reasonOf(cause)}`, cause)
  }
  try {
    return checkConfig(extname(file) === '.json' ? JSON.parse(text) : await importDefault(file))
  } catch (cause) {
    throw usageError(`Cannot use ${file}: ${adviceOn(cause, file)}`, cause)
  }
}

async function importDefault(file: string): Promise<unknown> {
  if (!/\.(?:m?js|ts)$/.test(file)) throw new TypeError('its name must end in .json, .js, .mjs or .ts')
  const module: unknown = await import(pathToFileURL(file).href)
  if (typeof module === 'object' && module !== null && 'default' in module) return module.default
  throw new TypeError('it has no default export, so write export default { docs: "./docs" }')
}

/** Returns the reason, and the fix if the cause is known. */
function adviceOn(cause: unknown, file: string): string {
  const code = codeOf(cause)
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return 'this Node cannot read TypeScript, so use Node 22.18 or newer, or rename it to .mjs'
  }
  const [, missing] = /'([^']+)'/.exec(reasonOf(cause)) ?? []
  if (code === 'ERR_MODULE_NOT_FOUND' && missing !== undefined) return adviceOnImport(missing, dirname(file))
  const isJson = cause instanceof SyntaxError && extname(file) === '.json'
  return isJson ? `it is no valid JSON (${reasonOf(cause)})` : reasonOf(cause)
}

function adviceOnImport(missing: string, folder: string): string {
  if (isAbsolute(missing) || missing.startsWith('.')) return `it imports ${missing}, and there is no such file`
  const [name = missing] = /^(?:@[^/]+\/)?[^/]+/.exec(missing) ?? []
  const install = `run npm install ${name} in ${folder}`
  return name === 'ragwire'
    ? `it imports ragwire, which is not installed there: export the object without defineConfig, or ${install}`
    : `it imports "${name}", which is not installed there: ${install}`
}
