// @ts-check
import { createMarker } from './marker.js'

/** @import { CheckedCitation, PartialChatResult } from 'ragwire' */
/** @import { Passage } from './passage.js' */

/** Shows the text of one answer, with its citation markers. It only appends new text and never draws old text again.
 *
 * @param {HTMLElement} element
 * @param {Passage} passage shows what a marker cites
 */
export function createAnswer(element, passage) {
  /** @type {ReturnType<typeof createMarker>[]} by the index of the citation */
  const markers = []
  /** @type {HTMLElement | undefined} the code element that is still open */
  let code
  let written = 0

  /** Shows text between backticks as code.
   *
   * @param {string} text
   */
  function addText(text) {
    text.split('`').forEach((piece, index) => {
      if (index > 0) code = code ? undefined : element.appendChild(document.createElement('code'))
      if (piece) (code ?? element).append(piece)
    })
  }

  /** @param {CheckedCitation} citation @param {PartialChatResult} result */
  function addMarker(citation, result) {
    addText(result.answer.slice(written, citation.start))
    written = citation.end
    // Code contains no marker. So a backtick before a marker did not open code.
    code = undefined
    const marker = createMarker(citation, passage)
    markers.push(marker)
    element.append(marker.element)
    marker.draw(citation, result)
  }

  return {
    /** @param {PartialChatResult} result */
    draw(result) {
      const { answer, citations } = result
      for (const [index, citation] of citations.entries()) {
        // The event of a citation comes before the text of its marker: wait for the text, to keep the order.
        if (citation.end > answer.length) return
        const marker = markers[index]
        if (marker) marker.draw(citation, result)
        else addMarker(citation, result)
      }
      addText(answer.slice(written))
      written = answer.length
    },
  }
}
