import { parseFragment, type DefaultTreeAdapterTypes } from 'parse5'

/** A text of a page, or a citation. */
export interface Shown {
  readonly text: string
  /** True in code and links, where markers stay text. */
  readonly literal: boolean
  /** The URL of the link around it; empty outside of links. */
  readonly href: string
  /** The indexes of a citation's element. */
  readonly citations?: string | undefined
}

/** Returns what a reader sees of a page, in its order. A citation has no text. */
export function readHtml(html: string): readonly Shown[] {
  const shown: Shown[] = []

  function read(node: DefaultTreeAdapterTypes.Node, literal: boolean, href: string): void {
    if (node.nodeName === '#text' && 'value' in node) shown.push({ text: node.value, literal, href })
    if (node.nodeName === 'cite') {
      shown.push({ text: '', literal, href, citations: attributeOf(node, 'data-citations') })
    } else if ('childNodes' in node) {
      const inLiteral = literal || ['code', 'a'].includes(node.nodeName)
      for (const child of node.childNodes) read(child, inLiteral, href || (attributeOf(node, 'href') ?? ''))
    }
  }

  read(parseFragment(html), false, '')
  return shown
}

function attributeOf(node: DefaultTreeAdapterTypes.Node, wanted: string): string | undefined {
  return 'attrs' in node ? node.attrs.find(({ name }) => name === wanted)?.value : undefined
}
