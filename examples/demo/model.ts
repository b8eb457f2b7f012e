import OpenAI from 'openai'
import type { ChatError, ChatModel, Condenser } from 'ragwire'
import { extractiveChatModel, localCondenser } from 'ragwire/local'
import { openaiChatModel } from 'ragwire/openai'

/** The model that answers the questions. */
export interface DemoModel {
  readonly model: ChatModel
  /** Rewrites a follow-up as a stand-alone question, if the model itself cannot. */
  readonly condenser?: Condenser
  /** Its name in the terminal and on the page. */
  readonly name: string
  /** Returns the fix for a failure, as one line for the terminal. */
  advise(error: ChatError): string
}

/** Returns the model of OpenAI, or of a compatible server, if there is a key or an address. Otherwise it returns the
 * built-in model that quotes the sources.
 * @throws Error that names the fix when the key or the address is invalid
 */
export function chooseModel(env: NodeJS.ProcessEnv): DemoModel {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: address, OPENAI_MODEL } = env
  if (!apiKey && !address) {
    return {
      model: extractiveChatModel(),
      condenser: localCondenser(),
      name: 'built-in quoting model (no OPENAI_API_KEY)',
      advise: (error) => error.message,
    }
  }
  // The client cannot send such a key, and its error would look as if the server did not answer.
  if (apiKey && !/^[!-~]+$/.test(apiKey)) throw new Error('OPENAI_API_KEY contains invalid characters: copy it again')
  const baseURL = address || 'https://api.openai.com/v1'
  const model = OPENAI_MODEL || 'gpt-5-mini'
  // Local servers such as Ollama need no key, but the client requires one.
  const client = new OpenAI({ apiKey: apiKey || 'none', baseURL })
  return {
    model: openaiChatModel({ client, model }),
    name: `${model} at ${hostOf(baseURL)}`,
    advise: (error) => adviseOn(error, { baseURL, model }),
  }
}

function hostOf(baseURL: string): string {
  const url = URL.parse(baseURL)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`OPENAI_BASE_URL is "${baseURL}": set it to an address such as http://127.0.0.1:11434/v1`)
  }
  return url.host
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
