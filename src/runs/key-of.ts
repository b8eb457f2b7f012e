import type { RunKey } from './run-store.ts'

/** Returns the key of a run for a map. With the length of the scope, because no separator is safe between two arbitrary strings. */
export function keyOf({ scope, runId }: RunKey): string {
  return `${scope.length} ${scope}${runId}`
}
