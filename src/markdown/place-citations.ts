import { segments, type CitationSegment, type Segment } from '../client/segments.ts'
import { absentKey } from './absent-key.ts'
import type { CitedAnswer } from './cited-answer.ts'

/** An answer with a placeholder for each citation marker. */
export interface PlacedCitations {
  /** The Markdown to parse. */
  readonly markdown: string
  /** Returns the offset of the first placeholder in a text, or -1. */
  indexIn(text: string): number
  /** Returns the text with the original markers in place of the placeholders. */
  restore(text: string): string
  /** Cuts a text at its placeholders into texts and citations. */
  split(text: string): readonly (string | CitationSegment)[]
}

/**
 * Replaces each citation marker by a placeholder that no Markdown parser understands as a link. It does not occur in the
 * answer, and no character reference or escape of the answer can make one.
 *
 * Returns undefined if the Markdown is not the answer, nor the beginning of it: the offsets would be wrong.
 */
export function placeCitations(result: CitedAnswer, markdown: string): PlacedCitations | undefined {
  const { answer, sources, citations } = result
  // The parsed text may lag behind the answer, or be ahead of it.
  if (!answer.startsWith(markdown) && !markdown.startsWith(answer)) return undefined
  const pieces = segments({ answer: markdown, sources, citations })
  const key = absentKey(markdown)
  const pattern = new RegExp(`[${OPEN}${LETTER}]${LABEL_BREAK}${key}(\\d+)${LETTER}[${CLOSE}${LETTER}]`, 'u')
  const everywhere = new RegExp(pattern, 'gu')

  function segmentAt(index: unknown): CitationSegment | undefined {
    const piece = pieces[Number(index)]
    return piece?.type === 'citation' ? piece : undefined
  }

  function split(text: string): readonly (string | CitationSegment)[] {
    // The pattern has one group, so every second part is the number of a placeholder.
    const parts = text.split(pattern).map((part, index) => (index % 2 === 0 ? part : (segmentAt(part) ?? '')))
    return parts.filter((part) => part !== '')
  }

  return {
    markdown: pieces.map((piece, index) => (piece.type === 'text' ? piece.text : placeholder(index))).join(''),
    indexIn: (text) => text.search(pattern),
    restore: (text) => text.replaceAll(everywhere, (_, index) => segmentAt(index)?.text ?? ''),
    split,
  }

  function placeholder(index: number): string {
    const open = EMPHASIS_AFTER_WORD.test(textOf(pieces[index - 1]).slice(-LOOK_CHARS)) ? LETTER : OPEN
    const close = EMPHASIS_BEFORE_WORD.test(textOf(pieces[index + 1]).slice(0, LOOK_CHARS)) ? LETTER : CLOSE
    return `${open}[]${key}${index}${LETTER}${close}`
  }
}

// Punctuation, like the brackets of a marker, so that `**Bold.**[1]` is emphasis.
const OPEN = '\u27e6'
const CLOSE = '\u27e7'
// Neither punctuation nor blank. A marker as such makes no emphasis of `**粗体[1]**后`.
const LETTER = '\ufdd0'
// Link labels must not contain brackets. Without these, `[see [1]]: https://a.example` would become a definition.
const LABEL_BREAK = String.raw`\[\]`

// Marks of emphasis longer than this have no meaning.
const LOOK_CHARS = 8
// `_` is no emphasis inside of words.
const EMPHASIS_AFTER_WORD = /[^\s\p{P}\p{S}](?:\*+|~+)$/u
const EMPHASIS_BEFORE_WORD = /^(?:\*+|~+)[^\s\p{P}\p{S}]/u

function textOf(piece: Segment | undefined): string {
  return piece?.type === 'text' ? piece.text : ''
}
