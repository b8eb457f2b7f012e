import { readFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { usageError } from '../command-line/cli-error.ts'
import type { RagwireConfig } from './config.ts'

/** A configuration, and the folder that its paths are relative to. */
export interface ReadConfig {
  /** Its fields; none without a file. */
  readonly config: RagwireConfig
  /** The folder of the file, or the current one. */
  readonly folder: string
}

const NAMES = ['ragwire.config.json', 'ragwire.config.js', 'ragwire.config.mjs', 'ragwire.config.ts']

const FIELDS: OptionNames<RagwireConfig> = {
  docs: true,
  exclude: true,
  data: true,
  model: true,
  condenser: true,
  embedder: true,
  chunkChars: true,
  topK: true,
  title: true,
  questions: true,
  port: true,
  host: true,
  allowedHosts: true,
  continueForMs: true,
}

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
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw usageError(`Cannot read ${file}: ${reasonOf(cause)}`, cause)
  }
  try {
    const value: unknown = extname(file) === '.json' ? JSON.parse(text) : await importDefault(file)
    expectOptions(value, FIELDS, { of: 'the configuration' })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fields are checked where they are used
    return value as RagwireConfig
  } catch (cause) {
    throw usageError(`Cannot use ${file}: ${reasonOf(cause)}`, cause)
  }
}

async function importDefault(file: string): Promise<unknown> {
  const module: unknown = await import(pathToFileURL(file).href)
  if (typeof module === 'object' && module !== null && 'default' in module) return module.default
  throw new TypeError('it has no default export')
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
