import { invalidInput } from '../../core/vocabulary/invalid-input.ts'

/** Returns the name of a key or channel in a scope. */
export type RedisKeys = (scope: string, kind: string, id?: string) => string

/**
 * Creates the function that names keys. All keys of a scope share one hash tag, so that a cluster keeps them in one slot.
 * The scope is encoded, so that a brace in it cannot end the tag.
 *
 * @throws TypeError when the prefix is not a string or contains a brace
 */
export function createRedisKeys(prefix: string = 'ragwire'): RedisKeys {
  if (typeof prefix !== 'string' || /[{}]/.test(prefix)) {
    throw invalidInput('prefix', `Cannot use prefix ${String(prefix)}: it must be a text without braces`)
  }
  return (scope, kind, id) => {
    const key = `${prefix}:{${encodeURIComponent(scope)}}:${kind}`
    return id === undefined ? key : `${key}:${id}`
  }
}
