import * as z from 'zod'
import { isInvalidInput } from '../core/vocabulary/invalid-input.ts'

/** Converts a function that throws an `InvalidInputError` to a transform of zod. */
export function checked<T>(check: (value: T) => T) {
  return (value: T, context: z.core.$RefinementCtx): T => {
    try {
      return check(value)
    } catch (thrown) {
      if (!isInvalidInput(thrown)) throw thrown
      context.addIssue({ code: 'custom', message: thrown.message, params: { thrown } })
      return z.NEVER
    }
  }
}
