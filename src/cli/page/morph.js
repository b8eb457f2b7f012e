// @ts-check

/** Changes the children of an element to those of another one. Nodes that are equal stay, and text only grows where it
 * can, so that a selection, a focus and an open popover survive a new rendering.
 *
 * @param {Element} element
 * @param {Element | DocumentFragment} next
 */
export function morph(element, next) {
  const nodes = [...next.childNodes]
  nodes.forEach((node, index) => {
    const shown = element.childNodes[index]
    if (!shown) element.append(node)
    else if (!keep(shown, node)) shown.replaceWith(node)
  })
  while (element.childNodes.length > nodes.length) element.lastChild?.remove()
}

/** @param {ChildNode} shown @param {ChildNode} node @returns {boolean} true if `shown` can stand for `node` */
function keep(shown, node) {
  if (shown instanceof Text && node instanceof Text) {
    if (node.data.startsWith(shown.data)) shown.appendData(node.data.slice(shown.data.length))
    else shown.data = node.data
    return true
  }
  if (!(shown instanceof Element && node instanceof Element) || !hasSameTag(shown, node)) return false
  // The page has filled it with the buttons of the citations.
  if (node.localName !== 'cite') morph(shown, node)
  return true
}

/** @param {Element} one @param {Element} other */
function hasSameTag(one, other) {
  return one.cloneNode().isEqualNode(other.cloneNode())
}
