import type { LoadedDocument } from '../../documents/loaded-document.ts'
import { cleanItemText } from './clean-item-text.ts'

/** Titles that programs write by themselves: names of files and of programs, addresses, places of a name. */
const NO_TITLE =
  /^(?:untitled|unbenannt|ohne titel|titel|title|about:blank|document\d*|dokument\d*|无标题|未命名)$|^microsoft (?:word|powerpoint|excel) - |^[a-z][a-z\d+.-]*:\/\/|\.(?:docx?|pdf|tex|dvi|indd|odt|rtf|xlsx?|pptx?|html?|qxd|p65)$/iu
const MAX_CHARS = 300

/** Returns the title of a PDF: that of the metadata if a person wrote it, else the first of its highest headings. */
export function pdfTitle(
  metadata: string | undefined,
  { text, blocks = [] }: Pick<LoadedDocument, 'text' | 'blocks'>,
): string | undefined {
  const title = cleanItemText(metadata ?? '').trim()
  if (title !== '' && title.length <= MAX_CHARS && !NO_TITLE.test(title)) return title
  const headings = blocks.filter(({ kind }) => kind === 'heading')
  const highest = Math.min(...headings.slice(0, 20).map(({ level }) => level))
  const heading = headings.find(({ level }) => level === highest)
  return heading ? text.slice(heading.textStart, heading.end) : undefined
}
