// @ts-check

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

/** Returns a copy of the one element in a template.
 *
 * @param {string} id
 */
export function fromTemplate(id) {
  const { content } = find(document, `#${id}`, HTMLTemplateElement)
  return find(document.importNode(content, true), 'li', HTMLLIElement)
}

/**
 * Shows a text.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setText(element, text) {
  element.textContent = text
  setLanguage(element, text)
}

/** Marks an element as Chinese if `text` is: browsers choose glyphs and voice by the language.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setLanguage(element, text) {
  if (/\p{Script=Han}/u.test(text)) element.lang = 'zh-Hans'
}
