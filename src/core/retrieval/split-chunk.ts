import { splitSentences } from '../text/split-sentences.ts'
import type { Chunk } from '../vocabulary/retriever.ts'

/** Sizes of the pieces of {@link splitChunk}. */
export interface SplitChunkOptions {
  /** Maximum number of tokens of a piece. */
  readonly tokens: number
  /** Maximum number of tokens that a piece repeats from the end of the previous one. */
  readonly overlap: number
  /** Counts the tokens of a text. */
  readonly countTokens: (text: string) => number
}

interface Span {
  /** Offset of the first code unit. */
  readonly start: number
  /** Offset after the last one. */
  readonly end: number
  /** Number of its tokens. */
  readonly tokens: number
}

/**
 * Cuts a chunk of more than `tokens` into pieces, at the ends of sentences. Each piece is an exact slice of the text.
 * It keeps the id of the chunk and gets its own location, so that a citation leads to the characters of the document. A
 * shorter chunk stays unchanged. Time is linear in the text.
 */
export function splitChunk(chunk: Chunk, options: SplitChunkOptions): readonly Chunk[] {
  if (options.countTokens(chunk.text) <= options.tokens) return [chunk]
  return group(toSpans(chunk.text, options), options).flatMap((span) => toPiece(chunk, span))
}

/** Returns the sentences of a text; a sentence that is too long for a piece is cut. */
function toSpans(text: string, options: SplitChunkOptions): readonly Span[] {
  let start = 0
  return splitSentences(text).flatMap((sentence) => {
    const spans = cutLong({ start, end: start + sentence.length, tokens: options.countTokens(sentence) }, text, options)
    start += sentence.length
    return spans
  })
}

function cutLong(span: Span, text: string, { tokens, countTokens }: SplitChunkOptions): readonly Span[] {
  if (span.tokens <= tokens) return [span]
  const step = Math.max(1, Math.floor(((span.end - span.start) * tokens) / span.tokens))
  const spans: Span[] = []
  for (let start = span.start; start < span.end;) {
    const end = start + step >= span.end ? span.end : endOfWord(text, start, start + step)
    spans.push({ start, end, tokens: countTokens(text.slice(start, end)) })
    start = end
  }
  return spans
}

/** Returns a position near `end` for a cut: after a space if there is one, and never inside of a surrogate pair. */
function endOfWord(text: string, start: number, end: number): number {
  // Searches only this part, because in a text without spaces each search would go back to the beginning.
  const middle = start + Math.floor((end - start) / 2)
  const space = text.slice(middle, end).lastIndexOf(' ')
  if (space > 0) return middle + space + 1
  const half = text.charCodeAt(end - 1)
  return half >= 0xd800 && half <= 0xdbff ? end + 1 : end
}

/** Joins as many spans as fit into a piece. Each span is visited once, and once more for the overlap. */
function group(spans: readonly Span[], { tokens, overlap }: SplitChunkOptions): readonly Span[] {
  const groups: Span[] = []
  let open = { first: 0, tokens: 0 }
  for (const [index, span] of spans.entries()) {
    if (index > open.first && open.tokens + span.tokens > tokens) {
      groups.push(join(spans, open.first, index))
      open = tail(spans, { from: open.first, to: index, tokens: Math.min(overlap, tokens - span.tokens) })
    }
    open.tokens += span.tokens
  }
  return [...groups, join(spans, open.first, spans.length)]
}

interface Tail {
  /** Index of the first span. */
  readonly from: number
  /** Index after the last span. */
  readonly to: number
  /** Maximum number of tokens to repeat. */
  readonly tokens: number
}

/** Returns the last spans that fit into `tokens`, but never all of them, so that the next piece differs. */
function tail(spans: readonly Span[], { from, to, tokens }: Tail): { first: number; tokens: number } {
  let first = to
  let taken = 0
  while (first > from + 1) {
    const { tokens: more = 0 } = spans[first - 1] ?? {}
    if (taken + more > tokens) break
    taken += more
    first -= 1
  }
  return { first, tokens: taken }
}

function join(spans: readonly Span[], from: number, to: number): Span {
  return { start: spans[from]?.start ?? 0, end: spans[to - 1]?.end ?? 0, tokens: 0 }
}

function toPiece(chunk: Chunk, { start, end }: Span): readonly Chunk[] {
  const slice = chunk.text.slice(start, end)
  const text = slice.trim()
  if (text === '') return []
  const from = (chunk.location?.start ?? 0) + start + (slice.length - slice.trimStart().length)
  // The text around the chunk stands next to its first and its last piece only.
  const { before, after, verbatimEnd = 0, ...rest } = chunk
  const isFirst = chunk.text.slice(0, start).trim() === ''
  const isLast = chunk.text.slice(end).trim() === ''
  const around = { ...(isFirst && before !== undefined && { before }), ...(isLast && after !== undefined && { after }) }
  const verbatim = Math.min(text.length, verbatimEnd - start - (slice.length - slice.trimStart().length))
  const known = { ...rest, ...around, ...(verbatim > 0 && { verbatimEnd: verbatim }) }
  return [{ ...known, text, location: { ...chunk.location, start: from, end: from + text.length } }]
}
