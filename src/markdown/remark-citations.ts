import type { CitationSegment } from '../client/segments.ts'
import { addCitations, type TreeFormat, type TreeNode } from './add-citations.ts'
import { expectResult, labelsOf, type CitedAnswer } from './cited-answer.ts'
import { placeCitations } from './place-citations.ts'

/** The part of unified's processor that {@link remarkCitations} uses. */
export interface MarkdownProcessor {
  /** Parses Markdown to a tree; set by `remark-parse`. */
  parser?: ((document: string, file: never) => unknown) | undefined
}

/** A plugin of unified. */
export type RemarkPlugin = (this: MarkdownProcessor) => void

/**
 * Returns a plugin for remark and `react-markdown` that shows each citation marker as an element `cite`, whose
 * `data-citations` has the indexes of its citations. {@link citationOf} returns them with their sources. Markers in code, in
 * HTML and in links stay text.
 *
 * The Markdown must be `result.answer`, or the beginning of it. Other Markdown has no citations, and a message on the file
 * says so.
 *
 * @throws TypeError when `result` is not a result, or when the processor has no parser yet
 */
export function remarkCitations(result: CitedAnswer): RemarkPlugin {
  expectResult(result, 'remarkCitations')
  return function attach() {
    const { parser } = this
    if (!parser) throw new TypeError('Cannot use remarkCitations without a parser: use remark-parse before it')
    // A tree has links where the text had markers, so the markers are replaced before the text is parsed.
    this.parser = (document: string, file: MarkdownFile) => {
      const placed = placeCitations(result, document)
      if (!placed) file.message('Cannot place citations: the Markdown is not result.answer; pass it unchanged')
      const tree = parser(placed?.markdown ?? document, file as never)
      if (placed && typeof tree === 'object' && tree) addCitations(tree, placed, MDAST)
      return tree
    }
  }
}

/** A file of unified, which collects messages. */
interface MarkdownFile {
  message(reason: string): unknown
}

/**
 * Returns the marker of an element that {@link remarkCitations} made, with its citations; undefined for an element from
 * elsewhere, such as HTML in the answer. `react-markdown` passes the element as `node`.
 */
export function citationOf(node: { readonly children: readonly unknown[] } | undefined): CitationSegment | undefined {
  const [child] = node?.children ?? []
  return typeof child === 'object' && child ? segmentOf.get(child) : undefined
}

// By the text in the element, because that object stays the same on its way from Markdown to HTML.
const segmentOf = new WeakMap<object, CitationSegment>()

const MDAST: TreeFormat = { nodes: 'children', text: 'value', url: 'url', toNode }

function toNode(segment: CitationSegment): TreeNode {
  const text = { type: 'text', value: labelsOf(segment) }
  segmentOf.set(text, segment)
  const dataCitations = segment.citations.map(({ citation }) => citation.index).join(' ')
  return { type: 'citation', data: { hName: 'cite', hProperties: { dataCitations }, hChildren: [text] } }
}
