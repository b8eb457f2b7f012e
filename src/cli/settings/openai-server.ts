import OpenAI from 'openai'
import { nodeFetch } from '../../node.ts'
import { usageError } from '../command-line/cli-error.ts'

/** The server of OpenAI, or one with the same API. */
export interface OpenaiServer {
  /** Its client. */
  readonly client: OpenAI
  /** Its address. */
  readonly baseURL: string
  /** Its host, for the terminal. */
  readonly host: string
  /** True for OpenAI itself. */
  readonly isOpenai: boolean
}

/** The fix for the name of a model without a server. */
export const NEEDS_SERVER = 'set OPENAI_API_KEY, or OPENAI_BASE_URL for another server'

const OPENAI = 'https://api.openai.com/v1'

/**
 * Returns the server that `OPENAI_API_KEY` and `OPENAI_BASE_URL` name; undefined if neither is set.
 *
 * @throws CliError that names the fix when the key or the address is invalid
 */
export function openaiServer(env: NodeJS.ProcessEnv): OpenaiServer | undefined {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: address } = env
  if (!apiKey && !address) return undefined
  // The client cannot send such a key, and its error would look as if the server did not answer.
  if (apiKey && !/^[!-~]+$/.test(apiKey)) {
    throw usageError('Cannot use OPENAI_API_KEY: it contains invalid characters, so copy it again')
  }
  const baseURL = address || OPENAI
  const { host } = expectHttp(baseURL)
  // Local servers such as Ollama need no key, but the client requires one.
  const client = new OpenAI({ apiKey: apiKey || 'none', baseURL, fetch: nodeFetch({ proxyEnv: env }) })
  return { client, baseURL, host, isOpenai: host === new URL(OPENAI).host }
}

function expectHttp(baseURL: string): URL {
  const url = URL.parse(baseURL)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw usageError(`Cannot use OPENAI_BASE_URL "${baseURL}": set it to an address such as http://127.0.0.1:11434/v1`)
}
