// Runs in the browser: shows answers in the ways that the guide describes.
import DOMPurify from 'dompurify'
import { Marked } from 'marked'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { flushSync } from 'react-dom'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { citationLinks, citationOf, markedCitations, remarkCitations, type CitedAnswer } from '../../../src/markdown.ts'

const components: Components = {
  cite({ node }) {
    const buttons = citationOf(node)?.citations.map(({ citation, source }) =>
      createElement('button', { key: citation.index, title: source?.title }, `[${citation.number}]`),
    )
    return createElement('span', null, buttons)
  },
  img: () => null,
}

/** The ways to show an answer, by name. */
export const ways: Readonly<Record<string, (result: CitedAnswer, root: HTMLElement) => void>> = {
  'marked and DOMPurify': (result, root) => {
    const html = new Marked(markedCitations(result)).parse(result.answer, { async: false })
    root.innerHTML = DOMPurify.sanitize(html, { FORBID_TAGS: ['img', 'style'], FORBID_ATTR: ['style'] })
  },
  'links and DOMPurify': (result, root) => {
    const html = new Marked().parse(citationLinks(result), { async: false })
    root.innerHTML = DOMPurify.sanitize(html, { FORBID_TAGS: ['img', 'style'], FORBID_ATTR: ['style'] })
  },
  'react-markdown': (result, root) => {
    const remarkPlugins = [remarkGfm, remarkCitations(result)]
    const answer = createElement(Markdown, { remarkPlugins, components, children: result.answer })
    flushSync(() => createRoot(root).render(answer))
  },
}

/** Shows an answer in an empty page. */
export function show(way: string, result: CitedAnswer): void {
  document.body.replaceChildren()
  const root = document.createElement('main')
  document.body.append(root)
  ways[way]?.(result, root)
}
