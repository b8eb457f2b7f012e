import { Marked } from 'marked'
import { describe, expect, it } from 'vitest'
import { markedCitations, type CitedAnswer, type MarkedCitationsOptions } from '../../src/markdown.ts'
import { cite } from '../markdown/cite.ts'

const TITLE = '"><img src=x> & <b>'

function withSources(result: CitedAnswer): CitedAnswer {
  const sources = [1, 2].map((number) => ({
    number,
    sourceId: String(number),
    documentId: 'd',
    chunkId: 'c',
    title: TITLE,
    text: 'x',
    metadata: {},
  }))
  return { ...result, sources }
}

function render(result: CitedAnswer, options?: MarkedCitationsOptions): string {
  return new Marked(markedCitations(result, options)).parse(result.answer, { async: false }).trim()
}

describe('markedCitations', () => {
  it('makes a link to the source of each citation, without its title while it has not come', () => {
    expect(render(cite('Cats. [1]'))).toBe('<p>Cats. <a href="#source-1" data-citation="0">[1]</a></p>')
  })

  it('escapes the title of the source and the URL', () => {
    expect(render(withSources(cite('[2]')), { href: () => '/"><img src=x>' })).toBe(
      '<p><a href="/&quot;&gt;&lt;img src=x&gt;" title="&quot;&gt;&lt;img src=x&gt; &amp; &lt;b&gt;" data-citation="0">[2]</a></p>',
    )
  })

  it('makes no HTML of numbers that are none, as an unchecked server may send them', () => {
    const result = cite('[1]')
    const bad = '<img src=x>' as unknown as number
    const citations = result.citations.map((citation) => ({ ...citation, number: bad, index: bad }))
    expect(render({ ...result, citations })).not.toContain('<img')
  })

  it.each(['javascript:alert(1)', 'java\nscript:alert(1)', 'data:text/html,x', undefined])(
    'has text and no link for the URL %j',
    (url) => {
      expect(render(cite('[1]'), { href: () => url })).toBe('<p><span data-citation="0">[1]</span></p>')
    },
  )

  it('has the HTML of `render`, which gets the marker and its citations', () => {
    const html = render(withSources(cite('a [1] **b[2]**')), {
      render: ({ text, citations }) => `<i>${text}${citations.map(({ source }) => source?.number).join()}</i>`,
    })
    expect(html).toBe('<p>a <i>[1]1</i> <strong>b<i>[2]2</i></strong></p>')
  })

  it('has links also where markers were stripped', () => {
    expect(render(cite('Cats [1].', { strip: true }))).toBe(
      '<p>Cats <a href="#source-1" data-citation="0">[1]</a>.</p>',
    )
  })

  it('has no citations for Markdown that is not the answer, because the offsets would be wrong', () => {
    const marked = new Marked(markedCitations(cite('Cats. [1]')))
    expect(marked.parse('Cats! **[1]**')).toBe('<p>Cats! <strong>[1]</strong></p>\n')
    expect(marked.parse('Cats')).toBe('<p>Cats</p>\n')
    expect(marked.parse('Cats. [1] Dogs.')).toContain('<a href="#source-1"')
  })

  it('keeps text in HTML and in raw blocks as it is', () => {
    expect(render(cite('<div title="[1]">[1]</div>'))).toBe('<div title="[1]">[1]</div>')
    expect(render(cite('a <kbd>[1]</kbd> <b title="[1]">b</b>'))).toBe('<p>a <kbd>[1]</kbd> <b title="[1]">b</b></p>')
  })

  it('works inline, asynchronously, and beside other extensions', async () => {
    const result = cite('Cats\n[1]')
    const link = '<a href="#source-1" data-citation="0">[1]</a>'
    expect(new Marked(markedCitations(result)).parseInline(result.answer)).toBe(`Cats\n${link}`)
    expect(await new Marked({ async: true }, markedCitations(result)).parse(result.answer)).toBe(
      `<p>Cats\n${link}</p>\n`,
    )
    const hooks = { preprocess: (markdown: string) => `# ${markdown}` }
    const upper = { renderer: { heading: ({ tokens }: { tokens: object[] }) => `${tokens.length} parts ` } }
    expect(new Marked({ breaks: true, hooks }, upper, markedCitations(result)).parse(result.answer)).toBe(
      `1 parts <p>${link}</p>\n`,
    )
  })
})
