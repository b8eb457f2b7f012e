// @ts-check
import { find, fromTemplate, setText } from './dom.js'

/** @import { Source } from 'ragwire' */

/**
 * The numbered sources of one answer, and the markers in its text that lead to them.
 *
 * @param {HTMLElement} list
 * @param {string} id unique on the page
 */
export function createSources(list, id) {
  /** @type {Map<number, HTMLElement>} */
  const items = new Map()

  /** @param {HTMLElement} item */
  function open(item) {
    for (const other of items.values()) other.toggleAttribute('data-cited', other === item)
    find(item, 'details', HTMLDetailsElement).open = true
    find(item, 'summary', HTMLElement).focus()
  }

  return {
    /** @param {Source} source */
    add({ number, title, text }) {
      const item = fromTemplate('source-template')
      item.id = `${id}-source-${number}`
      setText(find(item, '.number', HTMLElement), String(number))
      setText(find(item, '.title', HTMLElement), title)
      setText(find(item, '.excerpt', HTMLElement), excerptOf(text))
      setText(find(item, '.passage', HTMLElement), text)
      items.set(number, item)
      list.append(item)
      list.hidden = false
    },

    /**
     * A link to a source; plain text for a number that no source has.
     *
     * @param {number} number
     */
    createMarker(number) {
      const item = items.get(number)
      if (!item) return `[${number}]`
      const marker = document.createElement('a')
      marker.className = 'marker'
      marker.href = `#${item.id}`
      marker.textContent = `[${number}]`
      marker.ariaLabel = `Source ${number}`
      marker.addEventListener('click', (click) => {
        click.preventDefault()
        open(item)
      })
      return marker
    },
  }
}

/**
 * One line of a passage, without the signs of its markup. The heading of the document is left out: it is the title.
 *
 * @param {string} text
 */
function excerptOf(text) {
  const headed = text.replace(/^(# .*|```\w*)$/gm, '').replace(/^#+ (.+)$/gm, '$1:')
  return headed
    .replace(/[*`]/g, '')
    .replace(/[>|\s]+/g, ' ')
    .trim()
    .slice(0, 160)
}
