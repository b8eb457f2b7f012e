import type { MarkerMode } from '../../core/options/option-choices.ts'
import type { Citation } from '../../core/vocabulary/citations.ts'
import type { ChatResult } from '../../core/vocabulary/result.ts'

/** The text that a reader sees, made from the pieces of an answer. Its state depends on the text, not on the cuts. */
export interface ShownText {
  /** The number of UTF-16 code units that were returned so far. */
  readonly length: number
  /** Takes text between two markers, in any number of pieces. Returns the text to show now. */
  add(text: string): string
  /** Takes a marker. Returns the text to show now; afterwards `length` is the position of its citations. */
  addMarker(marker: string): string
  /** Returns the text that was held. Call it at the end, and at a citation without a marker. */
  flush(): string
}

/**
 * Creates the text that a reader sees. With `strip`, a marker is left out together with the space before it, or with the
 * space after it if it begins a line. So a space at the end is held until the next piece.
 */
export function createShownText(mode: MarkerMode): ShownText {
  let length = 0
  let held = ''
  let atLineStart = true
  let afterMarker = false

  function show(text: string): string {
    if (text === '') return text
    length += text.length
    atLineStart = text.endsWith('\n')
    return text
  }

  function flush(): string {
    const text = held
    held = ''
    return show(text)
  }

  function add(text: string): string {
    if (mode === 'keep') return show(text)
    if (text === '') return text
    const from = afterMarker && atLineStart && isBlank(text.charCodeAt(0)) ? 1 : 0
    afterMarker = false
    const end = text.length > from && isBlank(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length
    const shown = held + text.slice(from, end)
    held = text.slice(end)
    return show(shown)
  }

  function addMarker(marker: string): string {
    if (mode === 'keep') return show(marker)
    // A blank that indents a line stays.
    const shown = atLineStart ? flush() : ''
    held = ''
    afterMarker = true
    return shown
  }

  return {
    get length() {
      return length
    },
    add,
    addMarker,
    flush,
  }
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0xa0
}

/** An answer as a reader sees it. */
export interface ShownAnswer {
  /** The text. */
  readonly text: string
  /** The citations with their positions in the text, in order. */
  readonly marks: readonly { readonly citation: Citation; readonly index: number }[]
}

/** Converts a whole answer to the text and the positions that its stream gave. A citation with a wrong range is left out. */
export function showAnswer(
  { answer, citations }: Pick<ChatResult, 'answer' | 'citations'>,
  mode: MarkerMode,
): ShownAnswer {
  const shown = createShownText(mode)
  const marks: { readonly citation: Citation; readonly index: number }[] = []
  let text = ''
  let start = -1
  let end = 0
  for (const citation of citations) {
    if (citation.start !== start || citation.end !== end) {
      // In this form, because a comparison with a value that is no number is false.
      if (!(citation.start >= end && citation.end >= citation.start && citation.end <= answer.length)) continue
      text += shown.add(answer.slice(end, citation.start))
      start = citation.start
      end = citation.end
      text += end > start ? shown.addMarker(answer.slice(start, end)) : shown.flush()
    }
    marks.push({ citation, index: shown.length })
  }
  text += shown.add(answer.slice(end))
  return { text: text + shown.flush(), marks }
}
