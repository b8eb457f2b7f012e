/** A wrong option or field, found before anything runs. The message has the fix. */
export interface InvalidInputError extends TypeError {
  /** The code that marks it. */
  readonly code: 'invalid-input'
  /** The option or body field that is wrong. */
  readonly field: string
}

/** Makes the `TypeError` (or `RangeError`, for a number out of range) that misuse throws. */
export function invalidInput(
  field: string,
  message: string,
  Kind: typeof TypeError | typeof RangeError = TypeError,
): InvalidInputError {
  return Object.assign(new Kind(message), { code: 'invalid-input' as const, field })
}

/** Returns true if `value` is an {@link InvalidInputError}. */
export function isInvalidInput(value: unknown): value is InvalidInputError {
  return value instanceof Error && 'field' in value && 'code' in value && value.code === 'invalid-input'
}
