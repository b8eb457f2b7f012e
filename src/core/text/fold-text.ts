/**
 * Returns the form of a text in which a search compares it. Two texts have the same form if they differ only in case,
 * in compatible forms of characters (Unicode NFKC, such as full-width letters and ligatures), or in the amount of white
 * space. `ß` equals `ss`, and `i`, `I`, `İ` and `ı` are equal. Accents are kept: `e` does not equal `é`.
 *
 * @example
 * ```ts
 * import { foldText } from 'ragwire'
 * const isFound = foldText('Die STRASSE nach İzmir').includes(foldText('straße nach izmir'))
 * ```
 */
export function foldText(text: string): string {
  // Lower case first, because `ẞ` has no longer upper case of its own. Upper case last, because the lower case of `Σ`
  // depends on its place in the word. The upper case of `i` with a dot is an `I` with a combining dot.
  const upper = text.normalize('NFKC').toLowerCase().toUpperCase()
  return upper.replaceAll('I\u0307', 'I').normalize('NFKC').replaceAll(/\s+/gu, ' ').trim()
}
