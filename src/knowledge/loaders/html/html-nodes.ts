/** The part of a DOM node that is read. */
export interface HtmlNode {
  /** 1 for an element, 3 for a text. */
  readonly nodeType: number
  /** Name in lower case; absent for texts. */
  readonly localName?: string | null
  /** The text of a text node. */
  readonly nodeValue?: string | null
  /** The first child. */
  readonly firstChild: HtmlNode | null
  /** The next sibling. */
  readonly nextSibling: HtmlNode | null
  /** The parent. */
  readonly parentNode: HtmlNode | null
  /** The attributes of an element. */
  readonly attributes?: { readonly length: number } | undefined
  /** Returns the value of an attribute. */
  getAttribute?(name: string): string | null
  /** Sets an attribute. */
  setAttribute?(name: string, value: string): void
}

/** The functions that are called for the nodes below a root. */
export interface HtmlVisitor {
  /** Called before the children of an element. Returns false to leave them out; `leave` is not called then. */
  enter(element: HtmlNode, name: string): boolean
  /** Called after the children of an element. */
  leave?(element: HtmlNode, name: string): void
  /** Called with each text. */
  text?(value: string): void
}

const ELEMENT = 1
const TEXT = 3

/** Visits the nodes below a root in order. It uses no recursion: HTML may nest a hundred thousand elements deep. */
export function visitNodes(root: HtmlNode, visitor: HtmlVisitor): void {
  let node = root
  for (;;) {
    const next = node === root || enters(node, visitor) ? node.firstChild : null
    if (next) {
      node = next
      continue
    }
    let closed: HtmlNode | null = node
    // The visitor has left out the children of the first one, or there are none.
    while (closed && closed !== root && !closed.nextSibling) {
      closed = closed.parentNode
      if (closed && closed !== root) visitor.leave?.(closed, nameOf(closed))
    }
    if (!closed?.nextSibling || closed === root) return
    node = closed.nextSibling
  }
}

function enters(node: HtmlNode, visitor: HtmlVisitor): boolean {
  if (node.nodeType === TEXT) visitor.text?.(node.nodeValue ?? '')
  if (node.nodeType !== ELEMENT) return false
  const name = nameOf(node)
  if (!visitor.enter(node, name)) return false
  // An element without children is left at once; one with children when the last of them is done.
  if (!node.firstChild) visitor.leave?.(node, name)
  return true
}

function nameOf({ localName }: HtmlNode): string {
  return (localName ?? '').toLowerCase()
}
