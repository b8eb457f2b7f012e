import type { ChatError, ChatModel, Condenser } from '../../index.ts'
import { extractiveChatModel, localCondenser } from '../../local.ts'
import { openaiChatModel } from '../../openai.ts'
import { usageError } from '../command-line/cli-error.ts'
import { adviseOn } from './advise-on.ts'
import type { RagwireConfig } from '../config/ragwire-config.ts'
import { NEEDS_SERVER, openaiServer } from './openai-server.ts'

/** The model that answers the questions. */
export interface ChosenModel {
  /** The model. */
  readonly model: ChatModel
  /** Rewrites a follow-up as a stand-alone question, if the model itself cannot. */
  readonly condenser?: Condenser | undefined
  /** Its name in the terminal and on the page. */
  readonly name: string
  /** Returns the fix for a failure, as one line for the terminal. */
  advise(error: ChatError): string
}

/** The pace of the built-in model. */
export interface ModelPace {
  /** Words per second; `Infinity` for no pauses. @defaultValue that of `extractiveChatModel` */
  readonly wordsPerSecond?: number | undefined
}

/**
 * Returns the model of the configuration; that of OpenAI, or of a compatible server, if there is a key or an address; or
 * else the built-in model, which quotes the sources.
 *
 * @throws CliError that names the fix when the model cannot be used
 */
export function chooseModel(
  env: NodeJS.ProcessEnv,
  given: { readonly name: string | undefined; readonly config: RagwireConfig } & ModelPace,
): ChosenModel {
  const { config } = given
  const named = given.name ?? (env['OPENAI_MODEL'] || config.model)
  if (typeof named === 'object') {
    return { model: named, condenser: config.condenser, name: 'model of the configuration', advise: messageOf }
  }
  const server = openaiServer(env)
  if (!server) {
    if (given.name !== undefined) {
      throw usageError(`Cannot use --model ${given.name}: ${NEEDS_SERVER}`)
    }
    return {
      model: extractiveChatModel({ wordsPerSecond: given.wordsPerSecond }),
      condenser: config.condenser ?? localCondenser(),
      name: 'built-in quoting model (no OPENAI_API_KEY)',
      advise: messageOf,
    }
  }
  const { client, baseURL, host } = server
  const model = named || 'gpt-5-mini'
  return {
    model: openaiChatModel({ client, model }),
    condenser: config.condenser,
    name: `${model} at ${host}`,
    advise: (error) => adviseOn(error, { baseURL, model, variable: 'OPENAI_MODEL' }),
  }
}

function messageOf(error: ChatError): string {
  return error.message
}
