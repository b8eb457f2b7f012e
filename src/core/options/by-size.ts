/** Values in groups of equal size, such as the scopes of a store by the number of their items. */
export interface BySize<T> {
  /** Sets the size of a value, which becomes the last of its group; 0 removes the value. */
  set(value: T, size: number): void
  /** Iterates over the values: the largest first, and within a group the one that was set the longest ago. */
  largestFirst(): Iterable<T>
}

/**
 * Creates an empty table. The largest value is found without a visit of the others, because a full store needs it for
 * each item that it adds. A change of a size by 1 takes constant time.
 */
export function createBySize<T>(): BySize<T> {
  const sizeOf = new Map<T, number>()
  const groups = new Map<number, Set<T>>()
  let largest = 0

  function join(value: T, size: number): void {
    sizeOf.set(value, size)
    groups.set(size, (groups.get(size) ?? new Set<T>()).add(value))
    largest = Math.max(largest, size)
  }

  function leave(value: T, size: number): void {
    const group = groups.get(size)
    group?.delete(value)
    if (group?.size === 0) groups.delete(size)
  }

  return {
    set(value, size) {
      const before = sizeOf.get(value)
      sizeOf.delete(value)
      if (before !== undefined) leave(value, before)
      if (size > 0) join(value, size)
      while (largest > 0 && !groups.has(largest)) largest -= 1
    },
    *largestFirst() {
      for (let size = largest; size > 0; size--) yield* groups.get(size) ?? []
    },
  }
}
