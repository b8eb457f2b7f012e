import type { ChatError } from '../vocabulary/chat-error.ts'

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 8_000

/**
 * Returns the backoff before another attempt, in milliseconds. It is the time that the upstream asked for, else a delay
 * that doubles with each attempt. A random part of up to half of the delay is subtracted, so that clients that failed
 * together do not retry together.
 */
export function retryDelayMs(error: ChatError, attempt: number): number {
  if (error.retryAfterMs !== undefined) return error.retryAfterMs
  const ceiling = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS)
  return ceiling * (1 - Math.random() / 2)
}
