import type { ChatError, Embedder } from '../../index.ts'
import { openaiEmbedder } from '../../openai.ts'
import { usageError } from '../command-line/cli-error.ts'
import { adviseOn } from './advise-on.ts'
import type { RagwireConfig } from '../config/ragwire-config.ts'
import { NEEDS_SERVER, openaiServer } from './openai-server.ts'

/** The embedder of the index. */
export interface ChosenEmbedder {
  /** Makes the vectors. */
  readonly embedder: Embedder
  /** Its name in the terminal. */
  readonly name: string
  /** Returns the fix for a failure, as one line for the terminal. */
  advise(error: ChatError): string
}

const AT_OPENAI = 'text-embedding-3-small'

/**
 * Returns the embedder of the configuration; that of the named model; or a small one if the server is that of OpenAI.
 * Another server may have no embeddings, so it is used only by name. Without one, documents are found by their words.
 *
 * @throws CliError that names the fix when the named model cannot be used
 */
export function chooseEmbedder(
  env: NodeJS.ProcessEnv,
  given: { readonly name: string | undefined; readonly config: RagwireConfig },
): ChosenEmbedder | undefined {
  const { config } = given
  const named = given.name ?? (env['OPENAI_EMBEDDING_MODEL'] || config.embedder)
  if (named === false) return undefined
  if (typeof named === 'object') {
    return { embedder: named, name: named.id ?? 'embedder of the configuration', advise: ({ message }) => message }
  }
  const server = openaiServer(env)
  if (!server) {
    if (given.name === undefined) return undefined
    throw usageError(`Cannot use --embedding-model ${given.name}: ${NEEDS_SERVER}`)
  }
  const model = named || (server.isOpenai ? AT_OPENAI : undefined)
  if (model === undefined) return undefined
  const { client, baseURL, host } = server
  return {
    embedder: openaiEmbedder({ client, model }),
    name: `${model} at ${host}`,
    advise: (error) => adviseOn(error, { baseURL, model, variable: 'OPENAI_EMBEDDING_MODEL' }),
  }
}
