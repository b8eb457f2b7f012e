// @ts-check
import { createMarker } from './marker.js'

/** @import { CheckedCitation, PartialChatResult } from 'ragwire' */
/** @import { Passage } from './passage.js' */

/**
 * The text of one answer, with its citation markers. What has been written stays: only what is new is added.
 *
 * @param {HTMLElement} element
 * @param {Passage} passage shows what a marker cites
 */
export function createAnswer(element, passage) {
  /** @type {ReturnType<typeof createMarker>[]} by the index of the citation */
  const markers = []
  /** @type {HTMLElement | undefined} the piece of code that is being written */
  let code
  let written = 0

  /**
   * What stands between backticks is shown as code.
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
    // No marker stands in code: where one comes, a backtick before it was just a backtick.
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
        // A citation comes before its marker: it has to wait for that, so that the text stays in order.
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
