/** Values in groups of equal size, such as the scopes of a store by the number of their items. */
export interface BySize<T> {
  /** Sets the size of a value, which becomes the last of its group; 0 removes the value. */
  set(value: T, size: number): void
  /** Iterates over the values: the largest first, and within a group the one that was set the longest ago. */
  largestFirst(): Iterable<T>
}

/**
 * The values of one size. A linked list: V8 keeps the deleted values of a `Set` for a while, and walks over them to find the
 * first one.
 */
interface Group<T> {
  first: Place<T> | undefined
  last: Place<T> | undefined
}

/** The place of a value in its group. */
interface Place<T> {
  readonly value: T
  group: Group<T>
  before: Place<T> | undefined
  after: Place<T> | undefined
}

/**
 * Creates an empty table. The largest value is found without a visit of the others, because a full store needs it for
 * each item that it adds. A change of a size by 1 takes constant time.
 */
export function createBySize<T>(): BySize<T> {
  const places = new Map<T, Place<T>>()
  const groups = new Map<number, Group<T>>()
  let largest = 0

  function groupOf(size: number): Group<T> {
    const known = groups.get(size)
    if (known) return known
    const group = { first: undefined, last: undefined }
    groups.set(size, group)
    return group
  }

  function put(value: T, size: number): void {
    const group = groupOf(size)
    const place = places.get(value) ?? { value, group, before: undefined, after: undefined }
    places.set(value, place)
    join(place, group)
    largest = Math.max(largest, size)
  }

  return {
    set(value, size) {
      const known = places.get(value)
      if (known) leave(known)
      if (size > 0) put(value, size)
      else places.delete(value)
      while (largest > 0 && !groups.get(largest)?.first) largest -= 1
    },
    *largestFirst() {
      for (let size = largest; size > 0; size--) {
        for (let place = groups.get(size)?.first; place; place = place.after) yield place.value
      }
    },
  }
}

/** Adds a place as the last of a group. */
function join<T>(place: Place<T>, group: Group<T>): void {
  place.group = group
  place.before = group.last
  place.after = undefined
  if (group.last) group.last.after = place
  else group.first = place
  group.last = place
}

function leave<T>(place: Place<T>): void {
  const { group, before, after } = place
  if (before) before.after = after
  else group.first = after
  if (after) after.before = before
  else group.last = before
  // A removed place that is old would hold all later ones until the next full garbage collection.
  place.before = undefined
  place.after = undefined
}
