/** Returns true for any object except an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns true for an object literal, also one of another realm; false for arrays and for instances of classes. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // In each realm, only `Object.prototype` has no prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
