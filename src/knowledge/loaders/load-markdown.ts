import type { LoadedDocument, LoaderInput } from '../documents/loaded-document.ts'
import { findBlocks, headingText, type Block } from '../text/find-blocks.ts'
import { plainHeading } from '../text/plain-heading.ts'
import { charsetOf, decodeText } from './decode-text.ts'
import { expectText } from './expect-text.ts'

/**
 * Loads Markdown. The title is `title` of the front matter, else the first heading of level 1.
 *
 * @throws DocumentError `not-text`, `too-large` or `empty`
 */
export function loadMarkdown({ documentId, content, mediaType }: LoaderInput): LoadedDocument {
  const text = expectText(decodeText(content, { documentId, charset: charsetOf(mediaType) }), documentId)
  const blocks = findBlocks(text)
  return { text, title: frontMatterTitle(text, blocks) ?? firstHeading(text, blocks), blocks, place: 'words' }
}

const FRONT_MATTER = /^---[^\S\n]*\r?\n/u
const TITLE = /^title[^\S\n]*:[^\S\n]*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\n]|'')*)'|([^\s"'|>&*!#[{][^\n]*))/mu

function frontMatterTitle(text: string, [first]: readonly Block[]): string | undefined {
  if (first?.kind !== 'verbatim' || first.start !== 0 || !FRONT_MATTER.test(text)) return undefined
  const [, double, single, plain] = TITLE.exec(text.slice(0, first.end)) ?? []
  const title = double?.replace(/\\(["\\/])/gu, '$1') ?? single?.replaceAll("''", "'") ?? plain?.replace(/\s#.*$/u, '')
  return title?.trim() || undefined
}

/** Returns the text of the first heading of level 1, without markup. */
function firstHeading(text: string, blocks: readonly Block[]): string | undefined {
  const heading = blocks.find(({ level }) => level === 1)
  return heading && (plainHeading(headingText(text, heading)) || undefined)
}
