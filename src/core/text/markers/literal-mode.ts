/** The state of the Markdown scanner. Brackets are markers only in `prose`. */
export type Mode =
  | { readonly kind: 'prose' | 'label' | 'url' | 'indented' }
  | { readonly kind: 'code'; readonly ticks: number }
  | { readonly kind: 'fence'; readonly char: string; readonly length: number; onFirstLine: boolean }
  | { readonly kind: 'destination'; depth: number }
  | { readonly kind: 'array'; depth: number; readonly ofManyLines: boolean }
  | { readonly kind: 'formula'; readonly close: string; matched: number }

/** The mode at the beginning of a text, and after each literal. */
export const PROSE: Mode = { kind: 'prose' }

/** Updates a mode that ends at a certain character; returns true if `char` ends it. */
export function endsLiteral(mode: Mode, char: string): boolean {
  if (mode.kind === 'label') return char === ']'
  if (mode.kind === 'destination') return closesDepth(mode, char, '()')
  if (mode.kind === 'array') return closesDepth(mode, char, '[]')
  if (mode.kind !== 'formula') return false
  const { close, matched } = mode
  mode.matched = char === close.charAt(matched) ? matched + 1 : Number(char === close.charAt(0))
  return mode.matched === close.length
}

function closesDepth(mode: { depth: number }, char: string, brackets: string): boolean {
  if (char === brackets.charAt(0)) mode.depth += 1
  if (char === brackets.charAt(1)) mode.depth -= 1
  return mode.depth <= 0
}

/** Returns true if a URL ends before `char`: a blank, a character that URLs escape, or a marker after a sentence. */
export function endsUrl(char: string, before: string): boolean {
  return /[^!-~]|["<>`|\\^{}]/u.test(char) || (char === '[' && /[.,;*]/u.test(before))
}

/** Returns the mode of the next line. An unclosed mode ends with its line or paragraph; only a fence continues. */
export function modeAfterLine(mode: Mode, endsParagraph: boolean): Mode {
  if (mode.kind === 'fence') {
    mode.onFirstLine = false
    return mode
  }
  const spansLines = mode.kind === 'formula' || (mode.kind === 'array' && mode.ofManyLines)
  return spansLines && !endsParagraph ? mode : PROSE
}
