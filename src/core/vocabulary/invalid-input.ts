/** The error of an invalid option or field, thrown before anything runs. Its message has the fix. */
export interface InvalidInputError extends TypeError {
  /** Identifies this kind of error. */
  readonly code: 'invalid-input'
  /** The invalid option or body field. */
  readonly field: string
}

/** Makes the error of an invalid option or field: a `TypeError`, or a `RangeError` for a number out of range. */
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
