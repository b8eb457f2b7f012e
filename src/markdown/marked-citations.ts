import type { CitationSegment, CitedSource } from '../client/segments.ts'
import { addCitations, type TreeFormat } from './add-citations.ts'
import { expectResult, hrefOf, labelOf, type CitationLinkOptions, type CitedAnswer } from './cited-answer.ts'
import { placeCitations, type PlacedCitations } from './place-citations.ts'

/** The options of {@link markedCitations}. */
export interface MarkedCitationsOptions extends CitationLinkOptions {
  /**
   * Returns the HTML of a marker. It is not escaped: titles and other texts of sources are untrusted.
   *
   * @defaultValue a link for each citation
   */
  readonly render?: ((segment: CitationSegment) => string) | undefined
}

/** An extension of marked. */
export interface MarkedExtension {
  /** Replaces the markers before the text is parsed, and makes tokens of them afterwards. */
  readonly hooks: {
    /** Returns the Markdown with a placeholder for each marker. */
    preprocess(markdown: string): string
    /** Returns the tokens, with a token for each marker. */
    processAllTokens<Tokens extends object[]>(tokens: Tokens): Tokens
  }
  /** The renderer of markers. */
  readonly extensions: { readonly name: string; renderer(token: { readonly [field: string]: unknown }): string }[]
}

/**
 * Returns an extension for marked that shows each citation marker as links, or as the HTML that `render` returns. Markers
 * in code, in HTML and in links stay text. Use it in a new `Marked` for each answer, as the last extension.
 *
 * marked does not make Markdown safe: sanitise its HTML afterwards. The default links pass through DOMPurify.
 *
 * The Markdown must be `result.answer`, or the beginning of it. Other Markdown has no citations.
 *
 * @throws TypeError when `result` is not a result
 */
export function markedCitations(result: CitedAnswer, options: MarkedCitationsOptions = {}): MarkedExtension {
  expectResult(result, 'markedCitations')
  const { render = (segment) => segment.citations.map((cited) => toLink(cited, options)).join('') } = options
  const segmentOf = new WeakMap<object, CitationSegment>()
  let placed: PlacedCitations | undefined

  const format: TreeFormat = {
    nodes: 'tokens',
    text: 'text',
    url: 'href',
    toNode(segment) {
      const token = { type: 'citation', raw: segment.text }
      segmentOf.set(token, segment)
      return token
    },
  }

  function preprocess(markdown: string): string {
    placed = placeCitations(result, markdown)
    return placed?.markdown ?? markdown
  }

  function processAllTokens<Tokens extends object[]>(tokens: Tokens): Tokens {
    if (!placed) return tokens
    const root = { tokens: tokens.splice(0) }
    addCitations(root, placed, format)
    // The list itself has the definitions of links as a field.
    for (const token of root.tokens) tokens.push(token)
    return tokens
  }

  function renderer(token: object): string {
    const segment = segmentOf.get(token)
    return segment ? render(segment) : ''
  }

  return { hooks: { preprocess, processAllTokens }, extensions: [{ name: 'citation', renderer }] }
}

/** Returns a link that DOMPurify keeps and the keyboard reaches. */
function toLink(cited: CitedSource, options: CitationLinkOptions): string {
  const href = hrefOf(cited, options)
  const title = cited.source ? ` title="${escapeHtml(cited.source.title)}"` : ''
  const attributes = `${title} data-citation="${escapeHtml(String(cited.citation.index))}"`
  const label = escapeHtml(labelOf(cited))
  return href === undefined
    ? `<span${attributes}>${label}</span>`
    : `<a href="${escapeHtml(href)}"${attributes}>${label}</a>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, (char) => ENTITIES[char] ?? '')
}
