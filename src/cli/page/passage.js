// @ts-check
import { find, make, setText } from './dom.js'

/** @import { Source, SourceState, Support } from 'ragwire' */
/** @import { Strings } from './strings.js' */

/** @typedef {ReturnType<typeof createPassage>} Passage */
/** @typedef {{ readonly start: number, readonly end: number }} TextRange */

/** A passage, what to highlight in it, and its state in the documents of now.
 *
 * @typedef {{ readonly source: Source, readonly range?: TextRange | undefined, readonly state?: SourceState | undefined }} PassageEntry
 */

/** The content of the popover.
 *
 * @typedef {object} PassageContent
 * @property {Strings} strings
 * @property {readonly PassageEntry[]} entries passages of one document
 * @property {number} [claimChars] length of the sentence before the marker, which the popover must not cover
 * @property {string | undefined} [verdict] the outcome of the check, in words
 * @property {Support | undefined} [support]
 */

const MARGIN = 8

// This server may have had another port when it stored the answer, and the reader may use another of its names.
const OWN_DOCUMENT = /^https?:\/\/[^/]+(?=\/documents\/)/i

/** The one popover of the page. It shows the passage of the marker under the pointer or with the focus; a click, a tap
 * or Enter moves the focus into it, to scroll it by the keyboard, and Escape gives the focus back.
 *
 * @param {HTMLElement} element
 */
export function createPassage(element) {
  const card = find(element, '.card', HTMLElement)
  /** @type {WeakMap<Element, () => PassageContent | undefined>} */
  const contents = new WeakMap()
  /** @type {HTMLElement | undefined} the button whose passage is shown */
  let anchor

  /** @param {HTMLElement} button */
  function open(button) {
    const content = contents.get(button)?.()
    if (!content) return
    if (anchor !== button) close()
    anchor = button
    card.replaceChildren(...contentOf(content))
    element.ariaLabel = content.strings.passage
    button.setAttribute('aria-describedby', element.id)
    element.showPopover()
    place(element, card, boxOf(button, content.claimChars ?? 0))
  }

  /** @returns {boolean} true if it was open */
  function close() {
    if (!anchor) return false
    anchor.removeAttribute('aria-describedby')
    // Cleared first, so that the returning focus does not keep the popover open.
    const button = anchor
    anchor = undefined
    if (card.contains(document.activeElement)) withoutOpening(() => button.focus({ preventScroll: true }))
    element.hidePopover()
    return true
  }

  let opensOnFocus = true
  /** @param {() => void} focus */
  function withoutOpening(focus) {
    opensOnFocus = false
    focus()
    opensOnFocus = true
  }

  /** @param {EventTarget | null} target */
  function belongs(target) {
    return target instanceof Node && (element.contains(target) || anchor?.contains(target) === true)
  }

  /** @param {FocusEvent | PointerEvent} leaving */
  function leave({ relatedTarget, type }) {
    const held = type === 'pointerleave' ? belongs(document.activeElement) : element.matches(':hover')
    if (!held && !belongs(relatedTarget)) close()
  }

  element.addEventListener('pointerleave', leave)
  element.addEventListener('focusout', leave)
  element.addEventListener('keydown', ({ key, target, shiftKey }) => {
    // The popover is at the end of the page, but the tab order continues from its button.
    const links = card.querySelectorAll('a')
    if (key === 'Tab' && target === (shiftKey ? card : (links[links.length - 1] ?? card))) close()
  })
  document.addEventListener('pointerdown', ({ target }) => belongs(target) || close())
  addEventListener('resize', () => anchor && open(anchor))

  return {
    close,

    /** Lets a button show a passage. A marker in the text also does so under the pointer and with the focus.
     *
     * @param {HTMLElement} button
     * @param {() => PassageContent | undefined} content
     * @param {{ readonly opensOnHover?: boolean }} [options]
     */
    attach(button, content, { opensOnHover = false } = {}) {
      contents.set(button, content)
      button.addEventListener('click', () => {
        open(button)
        card.focus({ preventScroll: true })
      })
      if (!opensOnHover) return
      button.addEventListener('pointerenter', ({ pointerType }) => pointerType === 'mouse' && open(button))
      button.addEventListener('pointerleave', leave)
      button.addEventListener('focus', () => opensOnFocus && open(button))
      button.addEventListener('blur', leave)
    },

    /** Updates the popover if it shows the passage of this button. @param {HTMLElement} button */
    refresh(button) {
      if (anchor === button) open(button)
    },
  }
}

/** @param {PassageContent} content @returns {readonly HTMLElement[]} */
function contentOf({ strings, entries, verdict, support }) {
  const [first] = entries
  if (!first) return []
  const { title, url, number } = first.source
  const isOne = entries.length === 1
  const name = url ? linkTo(url, strings) : make('span', '')
  name.classList.add('title')
  const head = make('p', 'head')
  head.append(...(isOne ? [make('span', 'number', String(number))] : []), setText(name, title))
  const note = make('p', 'verdict', verdict)
  note.dataset['support'] = support ?? ''
  const passages = entries.flatMap(({ source, range, state }) => {
    return [placeOf(source, strings, isOne), ...stateOf(state, strings), textOf(source, range)]
  })
  const top = make('div', 'top')
  top.append(head, ...(verdict ? [note] : []))
  return [top, ...passages]
}

/** Makes a link to a document. The server lets only addresses of the web through. @param {string} url @param {Strings} strings */
export function linkTo(url, { openDocument }) {
  const link = make('a', 'out')
  if (/^https?:\/\//i.test(url)) link.href = url.replace(OWN_DOCUMENT, location.origin)
  link.target = '_blank'
  link.rel = 'noopener noreferrer'
  link.title = openDocument
  return link
}

/** Returns the place of a passage in its document. @param {Source} source @param {Strings} strings @param {boolean} isOne */
function placeOf({ number, section = [], location }, { page }, isOne) {
  const place = make('p', 'place')
  const parts = [...section, ...(location?.page === undefined ? [] : [page(location.page)])]
  if (!isOne) place.append(make('span', 'number', String(number)))
  if (parts.length > 0) place.append(setText(make('span', ''), parts.join(' › ')))
  return place
}

/** @param {SourceState | undefined} state @param {Strings} strings @returns {readonly HTMLElement[]} */
function stateOf(state, { stateSentences }) {
  return state === undefined || state === 'same' ? [] : [make('p', 'state', stateSentences[state])]
}

/** Shows a passage as text, with a part of it highlighted. @param {Source} source @param {TextRange} [range] */
function textOf({ text, title, section }, range) {
  const { start, end } = range ?? { start: text.length, end: text.length }
  const element = setText(make('p', 'text'), text)
  element.dir = 'auto'
  const mark = make('mark', '', withoutMarkup(text.slice(start, end)))
  // The title and the section are above already.
  const headings = section ? /^(#+ .*\n+)+/ : /^# .*\n+/
  const body = startOfBody(text, [title, ...(section ?? [])])
  const before = withoutMarkup(text.slice(Math.min(body, start), start).replace(headings, ''))
  element.replaceChildren(before, ...(end > start ? [mark] : []), withoutMarkup(text.slice(end)))
  return element
}

/** Returns the position after the first lines that are headings: the text of a PDF does not mark them.
 *
 * @param {string} text @param {readonly string[]} headings
 */
function startOfBody(text, headings) {
  let start = 0
  for (const line of text.split('\n')) {
    if (line !== '' && !headings.includes(line)) return start
    start += line.length + 1
  }
  return 0
}

/** Removes the signs of Markdown from a text, as far as they only disturb. @param {string} text */
function withoutMarkup(text) {
  return text
    .replace(/^(```.*|[|: \t-]*---[|: \t-]*)\n?/gm, '')
    .replace(/^#+ /gm, '')
    .replace(/^[ \t]*\|[ \t]*|[ \t]*\|[ \t]*$/gm, '')
    .replace(/ *\| */g, ' · ')
    .replace(/!?\[([^\]]*)\]\([^)\s]*\)/g, '$1')
    .replace(/\*\*|`/g, '')
    .replace(/\n{3,}/g, '\n\n')
}

/** Returns the box of a button together with the sentence before it. @param {HTMLElement} button @param {number} claimChars */
function boxOf(button, claimChars) {
  const box = button.getBoundingClientRect()
  const block = button.closest('p, li, td, th, blockquote') ?? button
  const range = document.createRange()
  range.setStart(block, 0)
  range.setEndBefore(button)
  const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT)
  let beyond = range.toString().length - claimChars
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const { length } = node.textContent ?? ''
    if (beyond < length) {
      if (beyond > 0) range.setStart(node, beyond)
      break
    }
    beyond -= length
  }
  const top = claimChars > 0 ? Math.min(box.top, range.getBoundingClientRect().top || box.top) : box.top
  return { top, bottom: box.bottom, middle: box.left + box.width / 2 }
}

/** Places the popover below a box, or above if there is more room, inside the column of the text. It scrolls to the
 * highlighted text.
 *
 * @param {HTMLElement} element @param {HTMLElement} card @param {{ top: number, bottom: number, middle: number }} box
 */
function place(element, card, { top, bottom, middle }) {
  const column = find(document, 'main', HTMLElement).getBoundingClientRect()
  const head = find(document, 'header', HTMLElement).offsetHeight
  element.style.maxWidth = `${column.width}px`
  card.style.maxHeight = ''
  const below = document.documentElement.clientHeight - bottom
  const above = top - head
  const isAbove = element.offsetHeight > below - MARGIN && above > below
  const limit = getComputedStyle(card).maxHeight
  card.style.maxHeight = `min(${limit}, ${(isAbove ? above : below) - 3 * MARGIN}px)`
  const rightmost = column.right - element.offsetWidth
  const left = Math.max(column.left, Math.min(middle - element.offsetWidth / 2, rightmost))
  element.style.left = `${scrollX + left}px`
  element.style.top = `${scrollY + (isAbove ? top - element.offsetHeight : bottom)}px`
  const mark = card.querySelector('mark')
  const covered = find(card, '.top', HTMLElement).offsetHeight
  card.scrollTop = mark ? mark.offsetTop - covered - 2 * MARGIN : 0
}
