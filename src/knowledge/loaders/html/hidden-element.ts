import type { HtmlNode } from './html-nodes.ts'

const NEVER_SHOWN = new Set(
  `head title script style template noscript noframes noembed nav svg canvas iframe object embed applet audio video map
  select datalist option optgroup button input textarea progress meter rt rp annotation annotation-xml`.split(/\s+/u),
)
const HIDING_STYLE = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))/iu
const ANCHOR_MARK = /^[\s#¶§🔗]*$/u
const LONGEST_STYLE = 10_000

/**
 * Returns true for an element whose text is not part of the page: scripts, controls, navigation, and what the page hides
 * by an attribute or an inline style. Style sheets are not read.
 */
export function isHiddenElement(element: HtmlNode, name: string): boolean {
  if (NEVER_SHOWN.has(name)) return true
  const attribute = (key: string): string | null => element.getAttribute?.(key) ?? null
  const hidden = attribute('hidden')
  // Text that is "hidden until found" can be searched on the page.
  if (hidden !== null && hidden.toLowerCase() !== 'until-found') return true
  if (attribute('aria-hidden') === 'true' || attribute('role') === 'navigation') return true
  if (HIDING_STYLE.test(attribute('style')?.slice(0, LONGEST_STYLE) ?? '')) return true
  if (name === 'dialog') return attribute('open') === null
  return name === 'a' && isAnchorMark(element)
}

/** Returns true for the link beside a heading that leads to itself, such as `¶`. */
function isAnchorMark(element: HtmlNode): boolean {
  const child = element.firstChild
  if (!child || child.nextSibling || child.nodeType !== 3) return false
  return element.getAttribute?.('href')?.startsWith('#') === true && ANCHOR_MARK.test(child.nodeValue ?? '')
}
