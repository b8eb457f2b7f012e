import { headingText, type Block } from './find-blocks.ts'
import { plainHeading } from './plain-heading.ts'

/** The headings of one piece of a document. */
export interface PieceHeadings {
  /** The headings above the piece, the outermost first, without the headings in it. */
  readonly headings: readonly string[]
  /** The headings that the whole piece stands under, the outermost first, also those that it begins with. */
  readonly section: readonly string[]
}

interface Heading {
  readonly level: number
  readonly text: string
}

type Path = readonly Heading[]

const FRONT_MATTER = /^---[^\S\n]*\r?\n/u

/**
 * Creates the function that returns the headings of a piece. Call it with pieces in order. Time is linear in the blocks
 * and pieces.
 */
export function followHeadings(text: string, blocks: readonly Block[]): (start: number, end: number) => PieceHeadings {
  const paths = pathsOf(text, blocks)
  // Front matter is above the first heading, but is no text of the document.
  const afterFrontMatter = blocks[0]?.kind === 'verbatim' && FRONT_MATTER.test(text) ? 1 : 0
  let first = 0
  return (start, end) => {
    while ((blocks[first]?.end ?? Infinity) <= start) first += 1
    return { headings: textsOf(pathAbove(first, start)), section: textsOf(pathOfAll(first, end)) }
  }

  /** Returns the path of the text before a piece that ends at a block, without the levels that a heading there closes. */
  function pathAbove(at: number, start: number): Path {
    const block = blocks[at]
    const path = paths[block && block.start < start ? at : at - 1] ?? []
    if (block?.kind !== 'heading' || block.start !== start) return path
    return path.filter(({ level }) => level < block.level)
  }

  /** Returns the headings that all texts of a piece have in common; of a piece that has only headings, those of all. */
  function pathOfAll(from: number, end: number): Path {
    let ofTexts: Path | undefined
    let ofHeadings: Path | undefined
    for (let at = from === 0 ? afterFrontMatter : from; (blocks[at]?.start ?? end) < end; at++) {
      const path = paths[at] ?? []
      if (blocks[at]?.kind === 'heading') ofHeadings = commonPath(ofHeadings, path)
      else ofTexts = commonPath(ofTexts, path)
    }
    return ofTexts ?? ofHeadings ?? []
  }
}

/** Returns for each block the headings that it stands under; for a heading, also itself. */
function pathsOf(text: string, blocks: readonly Block[]): readonly Path[] {
  let path: Path = []
  return blocks.map((block) => {
    if (block.kind === 'heading') {
      const heading = { level: block.level, text: plainHeading(headingText(text, block)) }
      path = [...path.filter(({ level }) => level < block.level), heading]
    }
    return path
  })
}

/** Returns the common beginning. Headings are compared as objects: two sections may have equal headings. */
function commonPath(path: Path | undefined, other: Path): Path {
  if (!path) return other
  const length = path.findIndex((heading, level) => heading !== other[level])
  return length === -1 ? path : path.slice(0, length)
}

function textsOf(path: Path): readonly string[] {
  return path.flatMap(({ text }) => (text === '' ? [] : [text]))
}
