import { systemClock } from '../../core/async/clock.ts'
import { createDeadline } from '../../core/async/deadline.ts'

/** A response whose rest is read. */
export interface Rest<T> {
  /** Resolves with the next piece. */
  read(): Promise<T>
  /** Stops reading, and closes the connection. */
  cancel(): void
}

// Most servers end the response directly after the answer. A response that continues is cancelled.
const LONGEST_REST_MS = 1_000
const MOST_REST_READS = 100

/**
 * Reads the rest of a response while `take` returns true, with limits on time and reads; then cancels it. The connection
 * is reused if the response has ended. It never rejects.
 */
export async function readRest<T>(rest: Rest<T>, take: (piece: T) => boolean): Promise<void> {
  const limit = createDeadline(rest.cancel, systemClock)
  limit.set(LONGEST_REST_MS)
  try {
    for (let reads = 0; reads < MOST_REST_READS; reads++) if (!take(await rest.read())) return
    rest.cancel()
  } catch {
    // The needed part was read; a connection that breaks now is just not reused.
  } finally {
    limit.dispose()
  }
}
