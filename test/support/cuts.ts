import fc from 'fast-check'

/** Cuts a text in two, at every position. */
export function cutsInTwo(text: string): readonly (readonly string[])[] {
  return Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)])
}

/** Cuts a text at any positions, also inside surrogate pairs. */
export function cutAnyhow(text: string): fc.Arbitrary<readonly string[]> {
  return fc.uniqueArray(fc.nat(text.length), { maxLength: 12 }).map((places) => {
    const bounds = [0, ...places.toSorted((a, b) => a - b), text.length]
    return bounds.slice(1).map((end, index) => text.slice(bounds[index], end))
  })
}
