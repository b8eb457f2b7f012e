import { segments, type CitedSource } from '../client/segments.ts'
import { expectResult, hrefOf, labelOf, type CitationLinkOptions, type CitedAnswer } from './cited-answer.ts'

/**
 * Returns the answer as Markdown in which each citation is a link, such as `[\[1\]](#source-1)`, for renderers that take
 * only text. It does not recognise code. ragwire never cites in code, but a marker of another server would become a link
 * there.
 *
 * @throws TypeError when `result` is not a result
 */
export function citationLinks(result: CitedAnswer, options: CitationLinkOptions = {}): string {
  expectResult(result, 'citationLinks')
  const pieces = segments(result)
  // marked takes an escaped bracket for one if the answer has a definition such as `[1]: https://a.example`.
  const bracketOf = result.answer.includes(']:') ? toReference : toEscape

  function toLink(cited: CitedSource): string {
    const label = labelOf(cited).replace(/[[\]]/gu, bracketOf)
    const href = hrefOf(cited, options)
    return href === undefined ? label : `[${label}](${escapeDestination(href)})`
  }

  const parts = pieces.map((piece, index) => {
    if (piece.type === 'citation') return piece.citations.map(toLink).join('')
    return pieces[index + 1] ? beforeLink(piece.text) : piece.text
  })
  return parts.join('')
}

function toEscape(char: string): string {
  return `\\${char}`
}

function toReference(char: string): string {
  return `&#${char.charCodeAt(0)};`
}

/** Encodes what could end the link, and what could be a character reference. */
function escapeDestination(href: string): string {
  return href.toWellFormed().replace(/[^\w\-.~:/?#@!$&+,=%]/gu, (char) => {
    const encoded = encodeURIComponent(char)
    return encoded === char ? `%${char.charCodeAt(0).toString(16).toUpperCase()}` : encoded
  })
}

/** Returns a text that a link can follow: it is not the start of an image, of an escape, or of a longer URL. */
function beforeLink(text: string): string {
  if (endsInUrl(text)) return `${text} `
  const last = text.at(-1)
  if (last !== '!' && last !== '\\') return text
  let start = text.length - 1
  while (start > 0 && text.charAt(start - 1) === '\\') start -= 1
  const isEscaped = (text.length - 1 - start) % 2 === 1
  return isEscaped ? text : `${text.slice(0, -1)}\\${last}`
}

function endsInUrl(text: string): boolean {
  let start = text.length
  while (start > 0 && /[^\s<>]/u.test(text.charAt(start - 1))) start -= 1
  return /https?:\/\/|www\./iu.test(text.slice(start))
}
