import type { CitationSegment } from '../client/segments.ts'
import type { PlacedCitations } from './place-citations.ts'

/** A node of a Markdown tree, or a token of marked. */
export interface TreeNode {
  /** The type of the node. */
  readonly type: string
  /** The other fields. */
  readonly [field: string]: unknown
}

/** The names that a parser gives to the parts of its tree. */
export interface TreeFormat {
  /** The field that has the nodes in a node. */
  readonly nodes: string
  /** The field that has the text of a text node. */
  readonly text: string
  /** The field that has the URL of a link. */
  readonly url: string
  /** Makes a node of a marker. */
  toNode(segment: CitationSegment): TreeNode
}

/**
 * Replaces the placeholders in the text of a tree by nodes, in place. Placeholders in code, HTML, links and attributes
 * become the original markers again.
 */
export function addCitations(tree: object, placed: PlacedCitations, format: TreeFormat): void {
  const { splitNode } = createSplitter(placed, format)
  const open: { node: Record<string, unknown>; inLink: boolean }[] = []
  enter(tree, false)
  // A list and not recursion, because the tree may be deep.
  for (let item = open.pop(); item; item = open.pop()) {
    const { node } = item
    const inLink = item.inLink || LINKS.has(String(node['type']))
    for (const [name, value] of Object.entries(node)) {
      if (name === 'position') continue
      if (typeof value === 'string') node[name] = placed.restore(value)
      else if (name === format.nodes && Array.isArray(value) && !inLink) node[name] = value.flatMap(splitNodes)
      else enter(value, inLink)
    }
  }

  function enter(value: unknown, inLink: boolean): void {
    if (typeof value === 'object' && value !== null) open.push({ node: value as Record<string, unknown>, inLink })
  }

  function splitNodes(node: TreeNode): readonly TreeNode[] {
    return splitNode(node).map((part) => {
      if (part.type !== 'citation') enter(part, false)
      return part
    })
  }
}

// Links cannot contain links, and the text of an image is an attribute.
const LINKS = new Set(['link', 'linkReference', 'image'])

function createSplitter(placed: PlacedCitations, format: TreeFormat) {
  /** Returns the node itself, or the texts and citations that it consists of. */
  function splitNode(node: TreeNode): readonly TreeNode[] {
    if (node.type === 'link') return splitLink(node)
    const text = node[format.text]
    // Only the text of marked can be escaped: it is HTML then.
    if (node.type !== 'text' || typeof text !== 'string' || node[format.nodes] || node['escaped'] === true)
      return [node]
    return placed.indexIn(text) < 0 ? [node] : splitText(text)
  }

  function splitText(text: string): readonly TreeNode[] {
    return placed.split(text).map((part) => (typeof part === 'string' ? toText(part) : format.toNode(part)))
  }

  /** Ends a URL in the text before the marker that it goes on into, as in `https://a.example/page.[1]`. */
  function splitLink(node: TreeNode): readonly TreeNode[] {
    const { [format.url]: url, [format.nodes]: nodes } = node
    const text = textOfOnly(nodes)
    const end = placed.indexIn(text)
    if (typeof url !== 'string' || end < 0 || placed.indexIn(url) < 0 || !PLAIN_URL.test(text)) return [node]
    const linked = withoutEnd(text.slice(0, end))
    const target = withoutEnd(url.slice(0, placed.indexIn(url)))
    // A link of marked has its text twice.
    const own = typeof node[format.text] === 'string' ? { [format.text]: linked } : {}
    const link = { ...node, ...own, [format.url]: target, [format.nodes]: [toText(linked)] }
    return [link, ...splitText(text.slice(linked.length))]
  }

  /** Returns the text of the only node; empty if there are others. */
  function textOfOnly(nodes: unknown): string {
    const [node, ...others]: readonly TreeNode[] = Array.isArray(nodes) ? nodes : []
    const text = node?.type === 'text' && others.length === 0 ? node[format.text] : ''
    return typeof text === 'string' ? text : ''
  }

  function toText(text: string): TreeNode {
    // The field `raw` is required by marked.
    return { type: 'text', raw: text, [format.text]: text }
  }

  return { splitNode }
}

const PLAIN_URL = /^(?:https?:\/\/|www\.)/iu
// These do not belong to a URL at its end, by the rules of GitHub.
const AFTER_URL = '?!.,:;*_~\'"'

function withoutEnd(url: string): string {
  let { length } = url
  while (length > 0 && AFTER_URL.includes(url.charAt(length - 1))) length -= 1
  return url.slice(0, length)
}
