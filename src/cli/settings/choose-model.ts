import type { ChatError, ChatModel, Condenser } from '../../index.ts'
import { extractiveChatModel, localCondenser } from '../../local.ts'
import { openaiChatModel } from '../../openai.ts'
import { usageError } from '../command-line/cli-error.ts'
import type { RagwireConfig } from './config.ts'
import { openaiServer } from './openai-server.ts'

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

/**
 * Returns the model of the configuration; that of OpenAI, or of a compatible server, if there is a key or an address; or
 * else the built-in model, which quotes the sources.
 *
 * @throws CliError that names the fix when the model cannot be used
 */
export function chooseModel(
  env: NodeJS.ProcessEnv,
  given: { readonly name: string | undefined; readonly config: RagwireConfig },
): ChosenModel {
  const { config } = given
  const named = given.name ?? (env['OPENAI_MODEL'] || config.model)
  if (typeof named === 'object') {
    return { model: named, condenser: config.condenser, name: 'model of the configuration', advise: messageOf }
  }
  const server = openaiServer(env)
  if (!server) {
    if (given.name !== undefined) {
      throw usageError(`Cannot use --model ${given.name}: set OPENAI_API_KEY, or OPENAI_BASE_URL for another server`)
    }
    return {
      model: extractiveChatModel(),
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
    advise: (error) => adviseOn(error, { baseURL, model }),
  }
}

function messageOf(error: ChatError): string {
  return error.message
}

function adviseOn(error: ChatError, { baseURL, model }: { readonly baseURL: string; readonly model: string }): string {
  switch (error.code) {
    case 'upstream-auth':
      return `${baseURL} refused the key: set OPENAI_API_KEY to one that is valid there`
    case 'upstream-unavailable':
    case 'upstream-timeout':
      return `${baseURL} does not answer: start that server, or set OPENAI_BASE_URL to one that runs`
    case 'upstream-rejected':
      return `${baseURL} refused the request: set OPENAI_MODEL (now "${model}") to a model that it serves, or correct OPENAI_BASE_URL`
    case 'upstream-rate-limited':
      return `${baseURL} refuses for now: wait, or use a key with more quota`
    case 'upstream-bad-response':
      return `${baseURL} does not answer like an OpenAI-compatible server: OPENAI_BASE_URL usually ends in /v1`
    default:
      return error.message
  }
}
