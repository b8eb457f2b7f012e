/** Returns a copy of an array with at least the length `needed`. It doubles the length, so that appending is linear. */
export function grownArray<A extends Uint8Array | Uint32Array>(array: A, needed: number): A {
  const Kind = array.constructor as new (length: number) => A
  const grown = new Kind(Math.max(needed, array.length * 2))
  grown.set(array)
  return grown
}
