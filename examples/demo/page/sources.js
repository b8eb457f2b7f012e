// @ts-check
import { find, fromTemplate, setText } from './dom.js'

/** @import { Source } from 'ragwire' */

/** Shows the numbered sources of one answer.
 *
 * @param {HTMLElement} list
 */
export function createSources(list) {
  /** @param {Source} source */
  function add({ number, title, text }) {
    const item = fromTemplate('source-template')
    setText(find(item, '.number', HTMLElement), String(number))
    setText(find(item, '.title', HTMLElement), title)
    setText(find(item, '.excerpt', HTMLElement), excerptOf(text))
    setText(find(item, '.passage', HTMLElement), text)
    list.append(item)
    list.hidden = false
  }

  return {
    /** Adds new sources. @param {readonly Source[]} sources */
    draw(sources) {
      for (const source of sources.slice(list.childElementCount)) add(source)
    },
  }
}

/** Returns one line of a passage, without markup. The heading of the document is left out, because it is the title.
 * Divider lines are left out, too.
 *
 * @param {string} text
 */
function excerptOf(text) {
  const headed = text.replace(/^(# .*|```\w*|[|\s:-]*---[|\s:-]*)$/gm, '').replace(/^#+ (.+)$/gm, '$1:')
  return headed
    .replace(/[*`]/g, '')
    .replace(/[>|\s]+/g, ' ')
    .trim()
    .slice(0, 160)
}
