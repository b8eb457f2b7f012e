import type { RunKey } from './run-store.ts'

/** Returns the key of a run for a map. */
export function keyOf({ scope, runId }: RunKey): string {
  return keyIn(scope, runId)
}

/** Returns the key of an id in a scope. With the length of the scope, because no separator is safe between any two strings. */
export function keyIn(scope: string, id: string): string {
  return `${scope.length} ${scope}${id}`
}
