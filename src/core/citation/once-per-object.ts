/** Returns a function that computes its result once per object, and keeps it as long as the object is in use. */
export function oncePerObject<Key extends WeakKey, Result extends object>(
  compute: (key: Key) => Result,
): (key: Key) => Result {
  const results = new WeakMap<Key, Result>()
  return (key) => {
    const known = results.get(key)
    if (known) return known
    const result = compute(key)
    results.set(key, result)
    return result
  }
}
