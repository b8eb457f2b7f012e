// @ts-check
import purifier from 'dompurify'
import { Marked } from 'marked'
import { markedCitations } from 'ragwire/markdown'

/** @import { RendererObject } from 'marked' */
/** @import { CitedAnswer } from 'ragwire/markdown' */

const SAFE = {
  ALLOWED_TAGS:
    'p br hr strong em del code pre blockquote ul ol li a cite h3 h4 h5 h6 table thead tbody tr th td'.split(' '),
  ALLOWED_ATTR: ['href', 'title', 'start', 'align', 'data-citations'],
  // Only addresses of the web; a relative one would lead into this server.
  ALLOWED_URI_REGEXP: /^https?:\/\//i,
  // The pattern above is applied to all others.
  ADD_URI_SAFE_ATTR: ['start', 'align', 'data-citations'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: /** @type {const} */ (true),
}

/** @type {RendererObject} */
const renderer = {
  // HTML in an answer is shown as text.
  html: ({ text }) => escape(text),
  // An image would tell another server that it is read, so a link stands for it.
  image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
  checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
}

const plain = new Marked({ renderer })

/** Cuts Markdown before its last block, such as a paragraph or a list: only that one still grows.
 *
 * @param {string} markdown
 * @returns {readonly string[]}
 */
export function cutLastBlock(markdown) {
  let last = ''
  for (const { type, raw } of attempt(() => plain.lexer(markdown), []).toReversed()) {
    last = raw + last
    if (type !== 'space') break
  }
  // The parser changes some characters, such as line ends, and then it gives no offset.
  const isCut = last !== '' && last.length < markdown.length && markdown.endsWith(last)
  return isCut ? [markdown.slice(0, -last.length), last] : [markdown]
}

/** Renders Markdown to sanitised nodes, with an empty element `cite` for each citation marker. No other function makes
 * nodes of HTML.
 *
 * @param {CitedAnswer} result
 * @param {number} topLevel the level of the highest headings, which come below the question
 */
export function renderMarkdown(result, topLevel) {
  const citations = markedCitations(result, {
    render: ({ citations: list }) =>
      `<cite data-citations="${list.map(({ citation }) => citation.index).join(' ')}"></cite>`,
  })
  /** @type {RendererObject} */
  const headings = {
    heading({ tokens, depth }) {
      const level = Math.max(3, Math.min(depth - topLevel + 3, 6))
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`
    },
  }
  const marked = new Marked({ renderer: { ...renderer, ...headings } }, citations)
  const html = attempt(() => marked.parse(result.answer, { async: false }), `<pre>${escape(result.answer)}</pre>`)
  const fragment = purifier.sanitize(html.trim(), SAFE)
  for (const link of fragment.querySelectorAll('a')) {
    if (!link.hasAttribute('href')) link.replaceWith(...link.childNodes)
    link.target = '_blank'
    link.rel = 'noopener noreferrer'
  }
  // They scroll if they are wider than the page, also by the keyboard.
  for (const wide of fragment.querySelectorAll('pre, table')) {
    const scroller = document.createElement('div')
    scroller.className = 'wide'
    scroller.tabIndex = 0
    wide.replaceWith(scroller)
    scroller.append(wide)
  }
  return fragment
}

/** Parses Markdown. The parser is recursive, so a list of a thousand levels throws: then the text is shown as it is.
 *
 * @template Parsed
 * @param {() => Parsed} parse
 * @param {Parsed} instead
 */
function attempt(parse, instead) {
  try {
    return parse()
  } catch {
    return instead
  }
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
