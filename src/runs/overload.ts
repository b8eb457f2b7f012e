import { ChatError } from '../core/vocabulary/chat-error.ts'

const overloads = new WeakSet<ChatError>()

/** Creates the error for a process that has reached its memory limit. No client caused it, so over HTTP it is a 503. */
export function overloaded(maxBufferedBytes: number): ChatError {
  const message = `The runs and readers of this process hold ${maxBufferedBytes} bytes (maxBufferedBytes)`
  const error = new ChatError(message, { code: 'too-many-runs' })
  overloads.add(error)
  return error
}

/** Returns true if {@link overloaded} created the error. */
export function isOverload(error: ChatError): boolean {
  return overloads.has(error)
}
