import { segments, type Segment } from '../client/segments.ts'
import { expectResult, type CitedAnswer } from './cited-answer.ts'

/**
 * Returns the answer without its citation markers, for copying. Each marker is removed with the space before it, or with
 * the space after it if it begins a line.
 *
 * @throws TypeError when `result` is not a result
 */
export function stripCitations(result: CitedAnswer): string {
  expectResult(result, 'stripCitations')
  const pieces = segments(result)
  let stripped = ''
  let atLineStart = true
  for (const [index, piece] of pieces.entries()) {
    if (piece.type === 'citation') continue
    let { text } = piece
    if (atLineStart && isMarker(pieces[index - 1])) text = text.replace(/^[ \u00a0]/u, '')
    const shorter = isMarker(pieces[index + 1]) ? text.replace(/[ \u00a0]$/u, '') : text
    // Blanks that indent a line stay.
    if (shorter === '' ? !atLineStart : !shorter.endsWith('\n')) text = shorter
    if (text !== '') atLineStart = text.endsWith('\n')
    stripped += text
  }
  return stripped
}

/** Returns true for a marker that is in the text. */
function isMarker(piece: Segment | undefined): boolean {
  return piece?.type === 'citation' && piece.text !== ''
}
