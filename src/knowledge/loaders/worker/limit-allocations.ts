/** A limit for the size of a byte array. */
export interface AllocationLimit {
  /** Sets the maximum number of bytes, and forgets whether the one before was exceeded. */
  readonly setLimit: (maxBytes: number) => void
  /** True if an array was refused. */
  readonly isExceeded: () => boolean
}

/**
 * Makes `new Uint8Array(length)` throw above a limit, in the current thread. The memory of byte arrays is not part of the
 * heap that `resourceLimits` limits, and pdf.js decodes a stream into one array that it doubles.
 */
export function limitAllocations(): AllocationLimit {
  let limit = Infinity
  let isExceeded = false
  // It would collect a stream in small arrays, outside of the limit. Without it, pdf.js decodes the stream itself.
  Reflect.deleteProperty(globalThis, 'DecompressionStream')
  globalThis.Uint8Array = new Proxy(Uint8Array, {
    construct(target, values, newTarget) {
      const [length] = values
      if (typeof length === 'number' && length > limit) {
        isExceeded = true
        throw new RangeError(`Cannot allocate ${length} bytes: the limit is ${limit}`)
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a constructor of an object returns one
      return Reflect.construct(target, values, newTarget) as object
    },
  })
  return {
    setLimit(maxBytes) {
      limit = maxBytes
      isExceeded = false
    },
    isExceeded: () => isExceeded,
  }
}
