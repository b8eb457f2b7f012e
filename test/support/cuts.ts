import fc from 'fast-check'

/** A text cut in two, at every place. */
export function cutsInTwo(text: string): readonly (readonly string[])[] {
  return Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)])
}

/** A text cut at any places, also inside of characters. */
export function cutAnyhow(text: string): fc.Arbitrary<readonly string[]> {
  return fc.uniqueArray(fc.nat(text.length), { maxLength: 12 }).map((places) => {
    const bounds = [0, ...places.toSorted((a, b) => a - b), text.length]
    return bounds.slice(1).map((end, index) => text.slice(bounds[index], end))
  })
}
