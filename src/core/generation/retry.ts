import type { ChatError } from '../vocabulary/chat-error.ts'

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 8_000

/**
 * How long to wait before another attempt: as long as the upstream asked, else twice as long each time, less up to
 * half by chance, so that clients that failed together do not come back together.
 */
export function retryDelayMs(error: ChatError, attempt: number): number {
  if (error.retryAfterMs !== undefined) return error.retryAfterMs
  const ceiling = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS)
  return ceiling * (1 - Math.random() / 2)
}
