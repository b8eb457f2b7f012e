import type { RunKey } from './run-store.ts'

/** Returns the key of a run for a map. JSON, because no separator is safe between two arbitrary strings. */
export function keyOf({ scope, runId }: RunKey): string {
  return JSON.stringify([scope, runId])
}
