// @ts-check

const MARKER = /[[【](\d{1,3}(?:[,，、]\s?\d{1,3}){0,7})[\]】]/
const MAYBE_UNFINISHED = /[[【][\d\s,，、]{0,40}$/

/**
 * Finds the citation markers of a text that arrives in pieces, wherever it is cut: `[1]`, `[1, 2]`, `【1】`.
 *
 * @param {(text: string) => void} onText
 * @param {(number: number) => void} onMarker the number of a source, once for each in a marker
 */
export function createMarkerReader(onText, onMarker) {
  let held = ''

  /** @param {string} text */
  function take(text) {
    // Splitting keeps what the group of the pattern caught: every second piece is the inside of a marker.
    text.split(MARKER).forEach((piece, index) => {
      if (index % 2 === 1) for (const number of piece.split(/\D+/)) onMarker(Number(number))
      else if (piece) onText(piece)
    })
  }

  return {
    /** @param {string} delta */
    push(delta) {
      const text = held + delta
      const start = text.search(MAYBE_UNFINISHED)
      held = start < 0 ? '' : text.slice(start)
      take(start < 0 ? text : text.slice(0, start))
    },
    /** What looked like the start of a marker was text. */
    end() {
      take(held)
      held = ''
    },
  }
}
