import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import Markdown, { type Components } from 'react-markdown'
import { toHtml } from 'hast-util-to-html'
import { Marked } from 'marked'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'
import { citationOf, markedCitations, remarkCitations, type CitedAnswer } from '../../../src/markdown.ts'

/** A way from an answer to HTML, in which each citation is a `cite` element. */
export interface Renderer {
  readonly name: string
  /** Renders Markdown as users do without ragwire. */
  plain(markdown: string): string
  /** Renders an answer. */
  cited(result: CitedAnswer): string
}

const components: Components = {
  cite: ({ node }) => {
    const indexes = citationOf(node)?.citations.map(({ citation }) => citation.index)
    return createElement('cite', { 'data-citations': indexes?.join(' ') })
  },
}

function renderReact(children: string, result?: CitedAnswer): string {
  const remarkPlugins = [remarkGfm, ...(result ? [remarkCitations(result)] : [])]
  return renderToStaticMarkup(createElement(Markdown, { remarkPlugins, skipHtml: true, components, children }))
}

function renderUnified(markdown: string, result?: CitedAnswer): string {
  const processor = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(result ? [remarkCitations(result)] : [])
    .use(remarkRehype)
  return toHtml(processor.runSync(processor.parse(markdown)))
}

/** Every renderer that the package supports. */
export const renderers: readonly Renderer[] = [
  {
    name: 'react-markdown',
    plain: (markdown) => renderReact(markdown),
    cited: (result) => renderReact(result.answer, result),
  },
  {
    name: 'unified',
    plain: (markdown) => renderUnified(markdown),
    cited: (result) => renderUnified(result.answer, result),
  },
  {
    name: 'marked',
    plain: (markdown) => new Marked().parse(markdown, { async: false }),
    cited: (result) => {
      const render = (segment: Parameters<typeof labelsOf>[0]) => `<cite data-citations="${labelsOf(segment)}"></cite>`
      return new Marked(markedCitations(result, { render })).parse(result.answer, { async: false })
    },
  },
]

function labelsOf({ citations }: NonNullable<ReturnType<typeof citationOf>>): string {
  return citations.map(({ citation }) => citation.index).join(' ')
}
