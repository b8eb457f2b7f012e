import type { CheckedCitation } from '../../core/vocabulary/citations.ts'
import type { Source } from '../../core/vocabulary/sources.ts'

/** An annotation of a message. */
export interface UrlCitation {
  /** The only type that OpenAI has. */
  readonly type: 'url_citation'
  /** The source and the place of its marker. */
  readonly url_citation: {
    readonly url: string
    readonly title: string
    /** Offset of the first UTF-16 code unit of the marker. */
    readonly start_index: number
    /** Offset after the last one. */
    readonly end_index: number
  }
}

/** The sources in the form of Perplexity. */
export interface SearchResults {
  /** The URLs, in the order of the numbers. */
  readonly citations?: readonly string[]
  /** The titles and URLs, in the same order. */
  readonly search_results?: readonly { readonly title: string; readonly url: string }[]
}

/** Returns an annotation for each citation of a source with a URL. */
export function toAnnotations(
  citations: readonly CheckedCitation[],
  sources: readonly Source[],
): readonly UrlCitation[] {
  const byNumber = new Map(sources.map((source) => [source.number, source]))
  return citations.flatMap(({ number, start, end }) => {
    const source = byNumber.get(number)
    if (source?.url === undefined) return []
    const { url, title } = source
    const place = { start_index: start, end_index: end }
    return [{ type: 'url_citation', url_citation: { url, title: title.toWellFormed(), ...place } }]
  })
}

/**
 * Returns the lists of all sources. The position in a list is the number of a marker, so there is no list if a source has
 * no URL: the markers after it would name other sources.
 */
export function toSearchResults(sources: readonly Source[]): SearchResults {
  const results = sources.flatMap(({ url, title }) => (url === undefined ? [] : [{ title: title.toWellFormed(), url }]))
  if (results.length === 0 || results.length < sources.length) return {}
  return { citations: results.map(({ url }) => url), search_results: results }
}

/** Returns a Markdown list of the cited sources, with the empty line before it; an empty string if none is cited. */
export function toMarkdownList(citations: readonly CheckedCitation[], sources: readonly Source[]): string {
  const cited = new Set(citations.map(({ number }) => number))
  const lines = sources.filter(({ number }) => cited.has(number)).map(toMarkdownLine)
  return lines.length === 0 ? '' : `\n\n${lines.join('\n')}`
}

function toMarkdownLine({ number, title, url }: Source): string {
  const text = escapeMarkdown(title)
  return `- \\[${number}\\] ${url === undefined ? text : `[${text}](<${url.replace(/[<>\s\\]/gu, encodeURIComponent)}>)`}`
}

function escapeMarkdown(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .replaceAll(/[!-/:-@[-`{-~]/gu, String.raw`\$&`)
}
