/** True for an object that is no array, whatever its class is. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for an object literal or one like it, also of another realm: not for an array, a date, a map or a class of one's own. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // `Object.prototype` has no prototype, which tells it in each realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
