import { expectOptions } from '../core/options/expect-options.ts'
import type { Condenser } from '../core/vocabulary/condenser.ts'

// On real conversations these weights found as much as a person's rewrite of the question did.
const PREVIOUS_WEIGHT = 0.3
const FIRST_WEIGHT = 0.2

/**
 * Condenses without a model: it rewrites nothing, but searches for the previous and the first question, too, and adds
 * what they find with a smaller weight. A follow-up such as "And on holidays?" so finds what the conversation is about.
 *
 * @example
 * ```ts
 * import { localCondenser } from 'ragwire/local'
 * const condenser = localCondenser()
 * ```
 */
export function localCondenser(options: Readonly<Record<string, never>> = {}): Condenser {
  expectOptions(options, {}, { of: 'localCondenser' })
  return {
    async condense(turns, question) {
      const previous = turns.at(-1)
      const first = turns[0]
      if (!previous || !first) return { query: question }
      return {
        query: question,
        also: [
          { query: previous.question, weight: PREVIOUS_WEIGHT },
          { query: first.question, weight: FIRST_WEIGHT },
        ],
      }
    },
  }
}
