import type { Loader } from '../documents/loaded-document.ts'
import { loadDocx } from './docx-loader.ts'
import { loadHtml } from './load-html.ts'
import { loadMarkdown } from './load-markdown.ts'
import { loadPdf } from './pdf-loader.ts'
import { loadText } from './load-text.ts'

/** The built-in loaders by media type. `text/plain` also stands for every other type of text. */
export const DEFAULT_LOADERS: Readonly<Record<string, Loader>> = {
  'text/plain': loadText,
  'text/markdown': loadMarkdown,
  'text/html': loadHtml,
  'application/xhtml+xml': loadHtml,
  'application/json': loadText,
  'application/pdf': loadPdf,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': loadDocx,
}
