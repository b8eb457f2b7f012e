import { ChatError, toChatError } from '../../core/vocabulary/chat-error.ts'
import { factsOf } from '../upstream/error-facts.ts'
import { fromChunksError } from '../upstream/openai-error.ts'

/**
 * Converts an error that LlamaIndex or a client below it has thrown to a {@link ChatError}. It is recognised by its
 * fields and not by its class: the client is a nested copy of the package. `arrived` is false before the first chunk.
 */
export function fromLlamaIndexError(thrown: unknown, { arrived }: { readonly arrived: boolean }): ChatError {
  const facts = factsOf(thrown)
  const isOfClient = typeof facts['status'] === 'number' || facts['error'] !== undefined
  if (isOfClient || thrown instanceof SyntaxError || isOfConnection(thrown)) return fromChunksError(thrown, { arrived })
  return toChatError(thrown, 'upstream-unavailable')
}

// `fetch` throws a TypeError with a cause, and the client wraps it.
function isOfConnection(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  return (thrown instanceof TypeError && thrown.cause !== undefined) || /connection/iu.test(thrown.constructor.name)
}

/** Makes the error of a value that LlamaIndex has returned and that cannot be read. */
export function badResponse(message: string, cause?: unknown): ChatError {
  return new ChatError(message, { code: 'upstream-bad-response', cause })
}
