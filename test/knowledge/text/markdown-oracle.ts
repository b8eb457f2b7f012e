import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'
import { findBlocks } from '../../../src/knowledge/text/find-blocks.ts'

/** The kind of a line: a heading with its level, a line with sentences, or one without. */
export type LineKind = 'prose' | 'verbatim' | `heading ${number}`

interface Node {
  readonly type: string
  readonly depth?: number | undefined
  readonly value?: string | undefined
  readonly alt?: string | null | undefined
  readonly children?: readonly Node[] | undefined
  readonly position?: { readonly start: { readonly line: number }; readonly end: { readonly line: number } } | undefined
}

const VERBATIM = new Set(['code', 'html', 'table', 'thematicBreak', 'definition', 'yaml'])

/** Returns the kinds of the lines by CommonMark with tables. Lines outside of blocks have none. */
export function kindsByOracle(text: string): readonly (LineKind | undefined)[] {
  const kinds: (LineKind | undefined)[] = []
  const nodes: Node[] = [treeOf(text)]
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const kind = kindOf(node)
    if (!kind) nodes.push(...(node.children ?? []))
    else if (node.position) {
      for (let line = node.position.start.line; line <= node.position.end.line; line++) kinds[line - 1] = kind
    }
  }
  return kinds
}

function treeOf(text: string): Node {
  return fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] })
}

function kindOf({ type, depth = 0 }: Node): LineKind | undefined {
  if (type === 'heading') return `heading ${depth}`
  if (VERBATIM.has(type)) return 'verbatim'
  return type === 'paragraph' ? 'prose' : undefined
}

/** Returns the texts of the headings by CommonMark, in order. */
export function headingsByOracle(text: string): readonly string[] {
  const texts: string[] = []
  const visit = (node: Node): void => {
    if (node.type === 'heading') texts.push(textOf(node).replace(/\s+/gu, ' ').trim())
    else node.children?.forEach(visit)
  }
  visit(treeOf(text))
  return texts
}

function textOf({ type, value, alt, children = [] }: Node): string {
  return type === 'html' ? '' : (value ?? alt ?? children.map(textOf).join(''))
}

/** Returns the kinds of the lines by `findBlocks`. */
export function kindsByBlocks(text: string): readonly (LineKind | undefined)[] {
  const kinds: (LineKind | undefined)[] = []
  let line = 0
  let at = 0
  const lineAt = (position: number): number => {
    for (let next = endOfLine(text, at); next <= position && next > at; next = endOfLine(text, at)) {
      line += 1
      at = next
    }
    return line
  }
  for (const { kind, level, start, end } of findBlocks(text)) {
    for (let index = lineAt(start), last = lineAt(end - 1); index <= last; index++) {
      kinds[index] = kind === 'heading' ? `heading ${level}` : kind
    }
  }
  return kinds
}

function endOfLine(text: string, from: number): number {
  const match = /\r\n?|\n/gu
  match.lastIndex = from
  const found = match.exec(text)
  return found ? found.index + found[0].length : Infinity
}
