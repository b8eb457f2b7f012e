// @ts-check
import { languageOf } from './strings.js'

/** @import { Strings } from './strings.js' */

/** Returns the element of a selector, and checks its type.
 *
 * @template {Element} Kind
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} Kind
 * @returns {Kind}
 */
export function find(root, selector, Kind) {
  const element = root.querySelector(selector)
  if (!(element instanceof Kind)) throw new TypeError(`The page has no ${selector}`)
  return element
}

/** Returns the HTML element of a selector. @param {ParentNode} root @param {string} selector */
export function findHtml(root, selector) {
  return find(root, selector, HTMLElement)
}

/** Returns a button, and calls `act` when it is pressed. @param {ParentNode} root @param {string} selector @param {() => void} act */
export function onPress(root, selector, act) {
  const button = find(root, selector, HTMLButtonElement)
  button.addEventListener('click', act)
  return button
}

/** Returns a copy of the one element in a template. @param {string} id */
export function fromTemplate(id) {
  const { content } = find(document, `#${id}`, HTMLTemplateElement)
  return find(document.importNode(content, true), 'li', HTMLLIElement)
}

/** Makes an element with a text. Texts are never HTML.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} className
 * @param {string} [text]
 */
export function make(name, className, text = '') {
  const element = document.createElement(name)
  element.className = className
  element.textContent = text
  return element
}

/** Shows a text of the page. @param {HTMLElement} element @param {string} text */
export function setPlain(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** Shows a text of a person or a document, in its language: browsers choose glyphs and voice by it.
 *
 * @template {HTMLElement} Kind
 * @param {Kind} element
 * @param {string} text
 */
export function setText(element, text) {
  setPlain(element, text)
  element.lang = languageOf(text)
  return element
}

/** Fills the elements whose attributes name a text of the page.
 *
 * @param {ParentNode} root
 * @param {Strings} strings
 */
export function translate(root, strings) {
  /** @type {Record<string, (element: HTMLElement, text: string) => void>} */
  const setters = {
    'data-text': (element, text) => (element.textContent = text),
    'data-placeholder': (element, text) => element.setAttribute('placeholder', text),
    'data-label'(element, text) {
      element.ariaLabel = text
      if (element instanceof HTMLButtonElement) element.title = text
    },
  }
  for (const [attribute, set] of Object.entries(setters)) {
    for (const element of root.querySelectorAll(`[${attribute}]`)) {
      const text = Reflect.get(strings, element.getAttribute(attribute) ?? '')
      if (element instanceof HTMLElement) set(element, String(text))
    }
  }
}

/** Makes `elements` the children of a list. Those that stay are not moved, so that a focus or a selection in them stays.
 *
 * @param {HTMLElement} list
 * @param {readonly Element[]} elements
 */
export function setChildren(list, elements) {
  const kept = new Set(elements)
  for (const child of Array.from(list.children)) if (!kept.has(child)) child.remove()
  elements.forEach((element, index) => {
    const at = list.children[index] ?? null
    if (at !== element) list.insertBefore(element, at)
  })
}
