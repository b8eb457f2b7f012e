import { resolve } from 'node:path'
import type { CommandCall, OptionTable, OptionValues } from '../command-line/command.ts'
import { usageError } from '../command-line/cli-error.ts'
import { chooseEmbedder, type ChosenEmbedder } from './choose-embedder.ts'
import { chooseModel, type ChosenModel, type ModelPace } from './choose-model.ts'
import type { RagwireConfig } from '../config/ragwire-config.ts'
import { readConfig } from './read-config.ts'

/** The options of every command that reads documents. */
export const DOCUMENT_OPTIONS = {
  docs: { type: 'string', multiple: true, value: 'PATH', summary: 'A file or folder of documents; may be repeated' },
  exclude: { type: 'string', multiple: true, value: 'PATTERN', summary: 'Leave out documents, as in a .gitignore' },
  data: { type: 'string', value: 'FOLDER', summary: 'Where the index and the conversations are kept (.ragwire)' },
  memory: { type: 'boolean', summary: 'Keep the index and the conversations in memory only' },
  model: { type: 'string', short: 'm', value: 'NAME', summary: 'The model that answers (OPENAI_MODEL)' },
  'embedding-model': { type: 'string', value: 'NAME', summary: 'The model for vectors (OPENAI_EMBEDDING_MODEL)' },
  config: { type: 'string', short: 'c', value: 'FILE', summary: 'The configuration (ragwire.config.json, .js or .ts)' },
} as const satisfies OptionTable

/** The settings of every command that reads documents. Paths are absolute. */
export interface Settings {
  /** The files and folders of the documents. */
  readonly docs: readonly string[]
  /** The patterns of documents to leave out. */
  readonly exclude: readonly string[]
  /** The folder of the index and of the conversations; undefined for memory. */
  readonly data: string | undefined
  /** The model that answers. */
  readonly model: ChosenModel
  /** Makes the vectors. */
  readonly embedder: ChosenEmbedder | undefined
  /** Maximum length of a chunk. */
  readonly chunkChars: number
  /** The configuration, for what only one command needs. */
  readonly config: RagwireConfig
}

/** A chunk is about one section of a guide, short enough to read at a glance. */
const CHUNK_CHARS = 400

/** The part of a call that the settings are made of. */
export type SettingsCall = Pick<CommandCall, 'positionals' | 'env' | 'cwd'> & {
  /** The given options. */
  readonly values: OptionValues<typeof DOCUMENT_OPTIONS>
}

/**
 * Resolves the settings: options of the command line, then environment variables, then the configuration, then defaults.
 *
 * @throws CliError that names the wrong value and the fix
 */
export async function resolveSettings(
  { values, positionals, env, cwd }: SettingsCall,
  { wordsPerSecond }: ModelPace = {},
): Promise<Settings> {
  const { config, folder } = await readConfig(values.config, cwd)
  const given = [...positionals, ...(values.docs ?? [])].map((path) => resolve(cwd, path))
  const configured = [config.docs ?? []].flat().map((path) => resolve(folder, path))
  const docs = given.length > 0 ? given : configured
  if (docs.length === 0) {
    throw usageError('Cannot find documents: name a folder, such as --docs ./docs, or set docs in ragwire.config.json')
  }
  return {
    docs: [...new Set(docs)],
    exclude: values.exclude ?? config.exclude ?? [],
    data: dataFolder(values, { config, folder, cwd }),
    model: chooseModel(env, { name: values.model, config, wordsPerSecond }),
    embedder: chooseEmbedder(env, { name: values['embedding-model'], config }),
    chunkChars: config.chunkChars ?? CHUNK_CHARS,
    config,
  }
}

interface Places {
  readonly config: RagwireConfig
  readonly folder: string
  readonly cwd: string
}

function dataFolder(values: SettingsCall['values'], { config, folder, cwd }: Places): string | undefined {
  if (values.memory) return undefined
  if (values.data !== undefined) return resolve(cwd, values.data)
  if (config.data === false) return undefined
  return resolve(folder, config.data ?? '.ragwire')
}
