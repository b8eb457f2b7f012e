// @ts-check
import { cutLastBlock, renderMarkdown } from './markdown.js'
import { morph } from './morph.js'

/** @import { CheckedCitation } from 'ragwire' */
/** @import { ChatTurn } from 'ragwire/client' */
/** @import { Marker } from './marker.js' */

/** One or more blocks of the answer, which are rendered together.
 *
 * @typedef {{ readonly element: HTMLElement, text: string, citations: number }} Block
 */

/** Shows the Markdown of one answer. While it grows, only its last block is rendered again.
 *
 * @param {HTMLElement} element
 * @param {() => Marker} createMarker makes the button of a citation
 */
export function createAnswer(element, createMarker) {
  /** @type {Block[]} */
  let blocks = []
  let topLevel = 1
  /** @type {Map<number, Marker>} by the index of the citation */
  const markers = new Map()

  /** @param {Block} block @param {string} text @param {readonly CheckedCitation[]} citations with offsets in the block */
  function render(block, text, citations) {
    if (block.text === text && block.citations === citations.length) return
    block.text = text
    block.citations = citations.length
    morph(block.element, renderMarkdown({ answer: text, sources: [], citations }, topLevel))
    for (const cite of block.element.querySelectorAll('cite:empty')) {
      for (const index of (cite.getAttribute('data-citations') ?? '').split(' ')) {
        const marker = createMarker()
        markers.set(Number(index), marker)
        cite.append(marker.element)
      }
    }
  }

  return {
    /** @param {ChatTurn} turn */
    draw(turn) {
      const { answer, citations } = turn.result
      topLevel = /^(#{1,6}) /m.exec(answer)?.[1]?.length ?? 1
      const finished = blocks.slice(0, -1).map(({ text }) => text)
      const known = finished.join('')
      const texts = answer.startsWith(known)
        ? [...finished, ...cutLastBlock(answer.slice(known.length))]
        : cutLastBlock(answer)
      let start = 0
      blocks = texts.map((text, index) => {
        const block = blocks[index] ?? { element: document.createElement('div'), text: '', citations: 0 }
        if (!block.element.isConnected) element.append(block.element)
        render(block, text, citationsIn(citations, start, start + text.length))
        start += text.length
        return block
      })
      while (element.children.length > blocks.length) element.lastElementChild?.remove()
      for (const citation of citations) markers.get(citation.index)?.draw(citation, turn)
    },
  }
}

/** Returns the citations of a part of the answer, with offsets in the part.
 *
 * @param {readonly CheckedCitation[]} citations @param {number} from @param {number} to
 */
function citationsIn(citations, from, to) {
  return citations
    .filter(({ start, end }) => start >= from && end <= to)
    .map((citation) => ({ ...citation, start: citation.start - from, end: citation.end - from }))
}
