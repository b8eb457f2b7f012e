import { invalidInput } from '../../core/vocabulary/invalid-input.ts'

/** Makes the key, or channel, of something in a scope. */
export type RedisKeys = (scope: string, kind: string, id?: string) => string

/**
 * Makes the function that names keys. All keys of a scope have one hash tag, so that a cluster keeps them in one slot;
 * encoded, because what a scope holds must not end the tag.
 *
 * @throws TypeError when the prefix is no text or would be the hash tag itself
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
