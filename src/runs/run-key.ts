import type { RunKey } from './run-store.ts'

/** A run as the key of a map. JSON, because no separator is safe between two strings that may hold anything. */
export function keyOf({ scope, runId }: RunKey): string {
  return JSON.stringify([scope, runId])
}
