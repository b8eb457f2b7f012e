import { ChatError } from '../core/vocabulary/chat-error.ts'

const overloads = new WeakSet<ChatError>()

/** The error of a process whose memory limit is reached. No client caused it, so over HTTP it is a 503. */
export function overloaded(maxBufferedBytes: number): ChatError {
  const message = `The runs and readers of this process hold ${maxBufferedBytes} bytes (maxBufferedBytes)`
  const error = new ChatError(message, { code: 'too-many-runs' })
  overloads.add(error)
  return error
}

/** True if an error is one of {@link overloaded}. */
export function isOverload(error: ChatError): boolean {
  return overloads.has(error)
}
