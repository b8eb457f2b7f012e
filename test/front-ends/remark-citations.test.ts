import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import Markdown, { type ExtraProps } from 'react-markdown'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { VFile } from 'vfile'
import { describe, expect, it } from 'vitest'
import { EMPTY_RESULT } from '../../src/index.ts'
import { citationOf, remarkCitations, type CitedAnswer, type MarkdownProcessor } from '../../src/markdown.ts'
import { cite } from '../markdown/cite.ts'

function parse(markdown: string, result: CitedAnswer) {
  const file = new VFile(markdown)
  const tree = unified().use(remarkParse).use(remarkCitations(result)).parse(file)
  return { nodes: JSON.stringify(tree).split('"type":"citation"').length - 1, messages: file.messages.map(String) }
}

describe('remarkCitations', () => {
  it('shows an element `cite` with the label and the indexes, if there is no component', () => {
    const result = cite('Cats【1】 [2]')
    const remarkPlugins = [remarkCitations(result)]
    const html = renderToStaticMarkup(createElement(Markdown, { remarkPlugins, children: result.answer }))
    expect(html).toBe('<p>Cats<cite data-citations="0">[1]</cite> <cite data-citations="1">[2]</cite></p>')
  })

  it('has one element for a marker with several numbers', () => {
    const citations = [1, 3].map((number, index) => ({ index, number, sourceId: `${number}`, start: 5, end: 11 }))
    const result = { answer: 'Cats [1, 3].', sources: [], citations }
    const numbers: unknown[] = []
    const Cite = ({ node }: ExtraProps) => {
      const segment = citationOf(node)
      numbers.push(
        segment?.text,
        segment?.citations.map(({ citation }) => citation.number),
      )
      return null
    }
    const remarkPlugins = [remarkCitations(result)]
    const components = { cite: Cite }
    expect(renderToStaticMarkup(createElement(Markdown, { remarkPlugins, components, children: result.answer }))).toBe(
      '<p>Cats .</p>',
    )
    expect(numbers).toEqual(['[1, 3]', [1, 3]])
  })

  it('shows text that lags behind the answer, or is ahead of it', () => {
    const result = cite('Cats. [1] Dogs. [2]')
    expect(parse('Cats. [1', result)).toEqual({ nodes: 0, messages: [] })
    expect(parse('Cats. [1] Do', result)).toEqual({ nodes: 1, messages: [] })
    expect(parse(`${result.answer} [1]`, result)).toEqual({ nodes: 2, messages: [] })
    expect(parse('', EMPTY_RESULT)).toEqual({ nodes: 0, messages: [] })
  })

  it('says so on the file if the Markdown is not the answer', () => {
    expect(parse('Cats! [1]', cite('Cats. [1]'))).toEqual({
      nodes: 0,
      messages: ['1:1: Cannot place citations: the Markdown is not result.answer; pass it unchanged'],
    })
  })

  it('refuses a processor without a parser', () => {
    const processor = unified().use(remarkCitations(EMPTY_RESULT)).use(remarkParse)
    expect(() => processor.parse('a')).toThrow(
      new TypeError('Cannot use remarkCitations without a parser: use remark-parse before it'),
    )
  })

  it('restores the fields that other plugins add to nodes', () => {
    const result = cite('a `[1]`')
    const processor = unified().use(remarkParse)
    processor.use(function addFields(this: MarkdownProcessor) {
      const { parser } = this
      this.parser = (document, file) => {
        const tree = parser?.(document, file)
        return {
          ...(tree as object),
          data: { hChildren: [{ type: 'text', value: document }], list: [[document]], none: null },
        }
      }
    })
    const tree = processor.use(remarkCitations(result)).parse(result.answer)
    const { answer } = result
    expect(tree.data).toEqual({ hChildren: [{ type: 'text', value: answer }], list: [[answer]], none: null })
  })
})

describe('citationOf', () => {
  it('is undefined for an element that the plugin did not make', () => {
    expect(citationOf(undefined)).toBeUndefined()
    expect(citationOf({ children: [] })).toBeUndefined()
    expect(citationOf({ children: [{ type: 'text', value: '[1]' }] })).toBeUndefined()
    expect(citationOf({ children: ['[1]', null] })).toBeUndefined()
  })
})
