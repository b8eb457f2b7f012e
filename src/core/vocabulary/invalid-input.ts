/** A misuse that is found before anything runs: names the field and says what to do. */
export interface InvalidInputError extends TypeError {
  /** Tells it from other errors. */
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

/** True if `value` says that an option or a body field is wrong. */
export function isInvalidInput(value: unknown): value is InvalidInputError {
  return value instanceof Error && 'field' in value && 'code' in value && value.code === 'invalid-input'
}
