import type { ChatError } from '../../index.ts'

/** A model at an OpenAI-compatible server. */
export interface ModelPlace {
  /** The address of the server. */
  readonly baseURL: string
  /** The name of the model. */
  readonly model: string
  /** The environment variable that names the model. */
  readonly variable: 'OPENAI_MODEL' | 'OPENAI_EMBEDDING_MODEL'
}

/** Returns the fix for a failure of a model, as one line for the terminal. */
export function adviseOn(error: ChatError, { baseURL, model, variable }: ModelPlace): string {
  switch (error.code) {
    case 'upstream-auth':
      return `${baseURL} refused the key: set OPENAI_API_KEY to one that is valid there`
    case 'upstream-unavailable':
    case 'upstream-timeout':
      return `${baseURL} does not answer: start that server, or set OPENAI_BASE_URL to one that runs`
    case 'upstream-rejected':
      return `${baseURL} refused the request: set ${variable} (now "${model}") to a model that it serves, or correct OPENAI_BASE_URL`
    case 'upstream-rate-limited':
      return `${baseURL} refuses for now: wait, or use a key with more quota`
    case 'upstream-bad-response':
      return `${baseURL} does not answer like an OpenAI-compatible server: OPENAI_BASE_URL usually ends in /v1`
    default:
      return error.message
  }
}
