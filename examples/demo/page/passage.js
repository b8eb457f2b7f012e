// @ts-check
import { find, setLanguage, setText } from './dom.js'

/** @import { Source, Support } from 'ragwire' */

/** @typedef {ReturnType<typeof createPassage>} Passage */

/** The content of the popover for one citation.
 *
 * @typedef {object} PassageContent
 * @property {Source} source
 * @property {Support | undefined} support
 * @property {string} verdict the result of the check, in words
 * @property {{ readonly start: number, readonly end: number } | undefined} range of the passage to highlight
 */

const MARGIN = 8

/**
 * The one popover of the page. It shows the passage of the marker under the pointer or with the focus; a click, a tap
 * or Enter on the marker moves the focus into it, to scroll it by the keyboard, and Escape gives the focus back.
 *
 * @param {HTMLElement} element
 */
export function createPassage(element) {
  const card = find(element, '.card', HTMLElement)
  /** @type {WeakMap<Element, () => PassageContent | undefined>} */
  const contents = new WeakMap()
  /** @type {HTMLElement | undefined} the marker whose passage is shown */
  let anchor

  /** @param {HTMLElement} marker */
  function open(marker) {
    const content = contents.get(marker)?.()
    if (!content) return
    if (anchor !== marker) close()
    anchor = marker
    fill(element, content)
    marker.setAttribute('aria-describedby', element.id)
    element.showPopover()
    place(element, card, marker)
  }

  /** @returns {boolean} true if it was open */
  function close() {
    if (!anchor) return false
    anchor.removeAttribute('aria-describedby')
    // Cleared first, so that the returning focus does not keep the popover open.
    const marker = anchor
    anchor = undefined
    if (card.contains(document.activeElement)) withoutOpening(() => marker.focus({ preventScroll: true }))
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
  element.addEventListener('keydown', ({ key }) => {
    // The popover is at the end of the page, but the tab order continues from its marker.
    if (key === 'Tab') close()
  })
  document.addEventListener('pointerdown', ({ target }) => belongs(target) || close())
  addEventListener('resize', () => anchor && place(element, card, anchor))

  return {
    close,

    /** Lets a marker show a passage. @param {HTMLElement} marker @param {() => PassageContent | undefined} content */
    attach(marker, content) {
      contents.set(marker, content)
      marker.addEventListener('pointerenter', ({ pointerType }) => pointerType === 'mouse' && open(marker))
      marker.addEventListener('pointerleave', leave)
      marker.addEventListener('focus', () => opensOnFocus && open(marker))
      marker.addEventListener('blur', leave)
      marker.addEventListener('click', () => {
        open(marker)
        card.focus({ preventScroll: true })
      })
    },

    /** Updates the popover if it shows this marker. @param {HTMLElement} marker */
    refresh(marker) {
      if (anchor === marker) open(marker)
    },
  }
}

/** @param {HTMLElement} element @param {PassageContent} content */
function fill(element, { source, support, verdict, range }) {
  find(element, '.number', HTMLElement).textContent = String(source.number)
  setText(find(element, '.title', HTMLElement), source.title)
  const note = find(element, '.verdict', HTMLElement)
  note.hidden = verdict === ''
  note.textContent = verdict
  note.dataset['support'] = support ?? ''
  const { start, end } = range ?? { start: 0, end: 0 }
  const mark = document.createElement('mark')
  mark.textContent = source.text.slice(start, end)
  const text = find(element, '.text', HTMLElement)
  text.replaceChildren(source.text.slice(0, start), ...(range ? [mark] : []), source.text.slice(end))
  setLanguage(text, source.text)
}

/** Places the popover below the marker, or above if there is more room, inside the column of the text. It scrolls to the
 * highlighted text.
 *
 * @param {HTMLElement} element @param {HTMLElement} card @param {HTMLElement} marker
 */
function place(element, card, marker) {
  const { top, bottom, left, width } = marker.getBoundingClientRect()
  const column = find(document, 'main', HTMLElement).getBoundingClientRect()
  element.style.maxWidth = `${column.width - 2 * MARGIN}px`
  card.style.maxHeight = ''
  const below = document.documentElement.clientHeight - bottom
  const isAbove = element.offsetHeight > below - MARGIN && top > below
  const limit = getComputedStyle(card).maxHeight
  card.style.maxHeight = `min(${limit}, ${(isAbove ? top : below) - 3 * MARGIN}px)`
  const leftmost = column.left + MARGIN
  const rightmost = column.right - MARGIN - element.offsetWidth
  const start = left + width / 2 - element.offsetWidth / 2
  element.style.left = `${scrollX + Math.max(leftmost, Math.min(start, rightmost))}px`
  element.style.top = `${scrollY + (isAbove ? top - element.offsetHeight : bottom)}px`
  const mark = card.querySelector('mark')
  card.scrollTop = mark ? mark.offsetTop - card.clientHeight / 3 : 0
}
