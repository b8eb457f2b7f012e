import { vi } from 'vitest'

/** Waits until an assertion holds, and fails with its error if it does not within 5 s. */
export function eventually(assertion: () => void): Promise<void> {
  return vi.waitFor(assertion, { timeout: 5_000, interval: 2 })
}
