/** Encodes a text as UTF-8. */
export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Cuts bytes before each of the given positions. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const starts = [0, ...places.toSorted((a, b) => a - b)]
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1]))
}

/** Cuts bytes into pieces of one size. */
export function cutEvery(size: number, bytes: Uint8Array): readonly Uint8Array[] {
  return cutAt(
    bytes,
    Array.from({ length: Math.ceil(bytes.length / size) - 1 }, (_, index) => (index + 1) * size),
  )
}

/** A source of bytes for a decoder; it records whether it was returned. */
export interface FakeByteSource extends AsyncIterable<Uint8Array> {
  readonly returned: boolean
}

/** Yields pieces one by one, and then ends, throws, or (`hang`) yields nothing more. */
export function byteSource(
  pieces: Iterable<Uint8Array>,
  ending: { readonly error: unknown } | 'end' | 'hang' = 'end',
): FakeByteSource {
  const iterator = pieces[Symbol.iterator]()
  let returned = false
  return {
    get returned() {
      return returned
    },
    [Symbol.asyncIterator]: () => ({
      next() {
        const result = iterator.next()
        if (!result.done || ending === 'end') return Promise.resolve(result)
        return ending === 'hang' ? new Promise(() => {}) : Promise.reject(ending.error)
      },
      return() {
        returned = true
        return Promise.resolve({ value: undefined, done: true as const })
      },
    }),
  }
}

/** The same as a web stream, like the body of a response. */
export function toWebStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => void (await iterator.return?.()),
  })
}

/** Reads an iterable to its end. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = []
  for await (const item of iterable) items.push(item)
  return items
}

/** Reads an iterable until it throws. */
export async function collectUntilThrow<T>(
  iterable: AsyncIterable<T>,
): Promise<{ readonly items: readonly T[]; readonly thrown: unknown }> {
  const items: T[] = []
  try {
    for await (const item of iterable) items.push(item)
  } catch (thrown) {
    return { items, thrown }
  }
  throw new Error(`Nothing was thrown after ${items.length} items`)
}
