import type { CitationSegment, CitedSource } from '../client/segments.ts'
import type { PartialChatResult } from '../core/vocabulary/reduce-event.ts'

/** An answer with its citations: a result, at any state of its stream. */
export type CitedAnswer = Pick<PartialChatResult, 'answer' | 'sources' | 'citations'>

/** The target of the links to sources. */
export interface CitationLinkOptions {
  /**
   * Returns the URL of a citation's link. Only relative, `http:` and `https:` URLs become links.
   *
   * @defaultValue `#source-1` for source number 1
   */
  readonly href?: ((cited: CitedSource) => string | undefined) | undefined
}

/** Throws a `TypeError` for a value that is not a result, such as a whole turn. */
export function expectResult(result: Partial<CitedAnswer>, name: string): void {
  const { answer, sources, citations } = Object(result) as Partial<Record<keyof CitedAnswer, unknown>>
  if (typeof answer === 'string' && Array.isArray(sources) && Array.isArray(citations)) return
  throw new TypeError(
    `Cannot use ${name} without a result: pass one with answer, sources and citations, such as turn.result`,
  )
}

/** Returns the visible text of a citation, such as `[1]`. It does not depend on how the model wrote the marker. */
export function labelOf({ citation }: CitedSource): string {
  return `[${numberOf(citation)}]`
}

/** Returns the visible text of a marker, such as `[1][2]`. */
export function labelsOf({ citations }: CitationSegment): string {
  return citations.map(labelOf).join('')
}

/** Returns the URL of a citation's link; undefined if it has none, or one with a scheme such as `javascript:`. */
export function hrefOf(cited: CitedSource, { href = defaultHref }: CitationLinkOptions): string | undefined {
  const url = href(cited)
  return url !== undefined && isWebUrl(url) ? url : undefined
}

function defaultHref({ citation }: CitedSource): string {
  return `#source-${numberOf(citation)}`
}

/** Returns a number in any case, because the label must not become HTML and results of other servers are unchecked. */
function numberOf({ number }: { readonly number: unknown }): number {
  return Number(number)
}

function isWebUrl(url: string): boolean {
  try {
    // Parsed as browsers do, so that blanks and line breaks in the scheme cannot hide it.
    return /^https?:$/u.test(new URL(url, 'https://relative.invalid').protocol)
  } catch {
    // No browser opens it.
    return false
  }
}
