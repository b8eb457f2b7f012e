import { segments, type CitedSource } from '../client/segments.ts'
import { hrefOf, labelOf, type CitationLinkOptions, type CitedAnswer } from './cited-answer.ts'

/**
 * Returns the answer as Markdown in which each citation is a link, such as `[\[1\]](#source-1)`, for renderers that take
 * only text. It does not recognise code, where ragwire has no markers: another server's marker in code would be a link.
 */
export function citationLinks(result: CitedAnswer, options: CitationLinkOptions = {}): string {
  const pieces = segments(result)
  const parts = pieces.map((piece, index) => {
    if (piece.type === 'citation') return piece.citations.map((cited) => toLink(cited, options)).join('')
    return pieces[index + 1] ? escapeEnd(piece.text) : piece.text
  })
  return parts.join('')
}

function toLink(cited: CitedSource, options: CitationLinkOptions): string {
  const label = labelOf(cited).replace(/[[\]]/gu, String.raw`\$&`)
  const href = hrefOf(cited, options)
  return href === undefined ? label : `[${label}](${escapeDestination(href)})`
}

/** Encodes what could end the link, and what could be a character reference. */
function escapeDestination(href: string): string {
  return href.toWellFormed().replace(/[^\w\-.~:/?#@!$&+,=%]/gu, (char) => {
    const encoded = encodeURIComponent(char)
    return encoded === char ? `%${char.charCodeAt(0).toString(16).toUpperCase()}` : encoded
  })
}

/** Escapes a last character that would make an image of the link after it, or text of its bracket. */
function escapeEnd(text: string): string {
  const last = text.at(-1)
  if (last !== '!' && last !== '\\') return text
  let start = text.length - 1
  while (start > 0 && text.charAt(start - 1) === '\\') start -= 1
  const isEscaped = (text.length - 1 - start) % 2 === 1
  return isEscaped ? text : `${text.slice(0, -1)}\\${last}`
}
