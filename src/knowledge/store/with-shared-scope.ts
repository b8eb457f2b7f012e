import { describeValue } from '../../core/options/expect-options.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'

/**
 * Returns the scopes to search: the readable ones, and the empty one, whose documents every scope may read.
 *
 * @throws TypeError when the scopes are no list of strings
 */
export function withSharedScope(readable: readonly string[]): readonly string[] {
  // A string would be spread into its characters, each of which may be another user's scope.
  if (Array.isArray(readable) && [...readable].every((scope) => typeof scope === 'string'))
    return [...new Set(['', ...readable])]
  const what = Array.isArray(readable) ? 'a list with another value' : describeValue(readable)
  throw invalidInput('readableScopes', `Cannot search: readableScopes must return a list of strings, not ${what}`)
}
