import type { LoadedDocument, LoaderInput } from '../documents/loaded-document.ts'
import type { Block } from '../text/find-blocks.ts'
import { charsetOf, decodeText } from './decode-text.ts'
import { isReadByLine } from './media-type.ts'
import { expectText } from './expect-text.ts'

/**
 * Loads plain text, code, JSON, CSV and other text. Bytes are UTF-8, or UTF-16 with a byte order mark, or in the `charset`
 * of the media type. Code and data are read by line: they have no sentences, headings or lists.
 *
 * @throws DocumentError `not-text`, `too-large` or `empty`
 */
export function loadText({ documentId, content, mediaType }: LoaderInput): LoadedDocument {
  const text = expectText(decodeText(content, { documentId, charset: charsetOf(mediaType) }), documentId)
  const isByLine = isReadByLine(documentId) || LINE_TYPES.test(mediaType)
  return isByLine ? { text, blocks: paragraphsOf(text), place: 'lines' } : { text, place: 'words' }
}

const LINE_TYPES =
  /^\s*(?:application\/(?:[\w.-]+\+)?(?:json|xml|yaml)|text\/(?:csv|tab-separated-values|javascript|css))\b/iu
const LINE = /([^\r\n]*)(?:\r\n?|\n|$)/gu

/** Returns the runs of lines that are not blank, each as a verbatim block. */
function paragraphsOf(text: string): readonly Block[] {
  const blocks: Block[] = []
  let start = -1
  let end = -1
  for (const { index, 1: line = '' } of text.matchAll(LINE)) {
    const length = line.trimEnd().length
    if (length > 0) {
      if (start === -1) start = index
      end = index + length
    } else if (start !== -1) {
      blocks.push(verbatim(start, end))
      start = -1
    }
  }
  if (start !== -1) blocks.push(verbatim(start, end))
  return blocks
}

function verbatim(start: number, end: number): Block {
  return { kind: 'verbatim', start, end, textStart: start, level: 0 }
}
