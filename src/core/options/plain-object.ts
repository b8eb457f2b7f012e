/** Returns true for an object of any class that is no array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns true for an object literal, also of another realm, and for no array, date, map or instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // `Object.prototype` is the one prototype without a prototype, in each realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
