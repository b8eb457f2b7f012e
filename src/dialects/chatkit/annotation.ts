import { cutText } from '../../core/text/cut-text.ts'
import type { Source } from '../../core/vocabulary/sources.ts'

/** A citation in the form of ChatKit: the component draws it at `index`, and lists its source below the message. */
export interface Annotation {
  /** The type of the object. */
  readonly type: 'annotation'
  /** The source. */
  readonly source: AnnotationSource
  /** Position in the text, in UTF-16 code units. */
  readonly index: number
}

/** A source in the form of ChatKit. */
export type AnnotationSource = UrlSource | FileSource

interface SourceBase {
  readonly title: string
  /** The beginning of the text that was cited. */
  readonly description: string
}

interface UrlSource extends SourceBase {
  readonly type: 'url'
  readonly url: string
}

interface FileSource extends SourceBase {
  readonly type: 'file'
  readonly filename: string
}

const MAX_DESCRIPTION_CHARS = 200

/** Converts a source to the one of an annotation. A source without an address becomes a file. */
export function toAnnotationSource(source: Source): AnnotationSource {
  const { title, url, documentId } = source
  const base = { title, description: describe(source) }
  return url === undefined ? { type: 'file', filename: documentId, ...base } : { type: 'url', url, ...base }
}

/** Returns the headings and the beginning of the text as one line. */
function describe({ section = [], text }: Source): string {
  // Cut first, to bound the work for a long text.
  const line = text
    .slice(0, 4 * MAX_DESCRIPTION_CHARS)
    .replace(/\s+/gu, ' ')
    .trim()
  const excerpt = line.length <= MAX_DESCRIPTION_CHARS ? line : `${cutText(line, MAX_DESCRIPTION_CHARS - 1)}…`
  return section.length === 0 ? excerpt : `${section.join(' › ')}: ${excerpt}`
}
