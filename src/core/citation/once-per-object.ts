/** Returns a function that computes its result once per object, and keeps it as long as the object is in use. */
export function oncePerObject<Key extends WeakKey, Result extends object>(
  compute: (key: Key) => Result,
): (key: Key) => Result {
  // Created by the first call: most answers have none, and a WeakMap is a cost for the garbage collector.
  let results: WeakMap<Key, Result> | undefined
  return (key) => {
    const known = results?.get(key)
    if (known) return known
    const result = compute(key)
    results ??= new WeakMap()
    results.set(key, result)
    return result
  }
}
