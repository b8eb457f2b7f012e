import { describe, expect, it } from 'vitest'
import type { CitedAnswer } from '../../src/markdown.ts'
import { cite } from '../markdown/cite.ts'
import { readHtml } from './support/read-html.ts'
import { renderers } from './support/renderers.ts'

describe.each(renderers)('an answer with citations, rendered by $name', ({ cited }) => {
  /** Returns the HTML, in which `{0}` is citation 0. */
  function render(result: CitedAnswer): string {
    const html = cited(result).replaceAll(/<cite data-citations="([\d ]*)">.*?<\/cite>/gu, '{$1}')
    return html
      .replaceAll(/\n/gu, '')
      .replaceAll('&quot;', '"')
      .replace(/^<p>(.*)<\/p>$/su, '$1')
  }

  it.each([
    ['after bold text', '**Bold.**[1] Text', '<strong>Bold.</strong>{0} Text'],
    ['after bold Chinese text', '**中文。**[1]后面', '<strong>中文。</strong>{0}后面'],
    ['at the end of bold text', '**粗体[1]**后面', '<strong>粗体{0}</strong>后面'],
    ['at the start of bold text', '猫**[1]粗体**', '猫<strong>{0}粗体</strong>'],
    ['as bold text', '根据**[1]**，猫', '根据<strong>{0}</strong>，猫'],
    ['before bold text', 'a[1]**bold** b', 'a{0}<strong>bold</strong> b'],
    ['between bold texts', '**a**[1]**b**', '<strong>a</strong>{0}<strong>b</strong>'],
    ['after quoted bold text', '**"a"**[1]**"b"**', '<strong>"a"</strong>{0}<strong>"b"</strong>'],
    ['after bold and italic text', '***both***[1]', '<em><strong>both</strong></em>{0}'],
    ['after italic text', '_em_[1] and *em[2]*', '<em>em</em>{0} and <em>em{1}</em>'],
    ['after deleted text', '~~old[1]~~新', '<del>old{0}</del>新'],
    ['after one another', 'a [1][2]', 'a {0}{1}'],
    ['in full-width brackets', '猫【1】。', '猫{0}。'],
    ['in a heading', '# Cats [1]', '<h1>Cats {0}</h1>'],
    ['in an underlined heading', 'Cats[1]\n===', '<h1>Cats{0}</h1>'],
    ['in a quote', '> Cats [1]', '<blockquote><p>Cats {0}</p></blockquote>'],
    ['in a list', '- a [1]\n- [2] b', '<ul><li>a {0}</li><li>{1} b</li></ul>'],
    ['as the only text of list items', '- [1]\n- [2]', '<ul><li>{0}</li><li>{1}</li></ul>'],
    ['at the start of lines', '[1] a\n\n[2] b', '{0} a</p><p>{1} b'],
    ['after a backslash', 'C:\\[1]', 'C:\\{0}'],
    ['after an exclamation mark', 'Cats![1]', 'Cats!{0}'],
    ['after a link', '[cats](https://a.example)[1]', '<a href="https://a.example">cats</a>{0}'],
    ['after a URL', 'See <https://a.example>[1]', 'See <a href="https://a.example">https://a.example</a>{0}'],
    [
      'after a sentence that ends in a URL',
      'https://a.example/b.[1][2] c',
      '<a href="https://a.example/b">https://a.example/b</a>.{0}{1} c',
    ],
    [
      'after a sentence that ends in a domain',
      'www.a.example/b.[1]',
      '<a href="http://www.a.example/b">www.a.example/b</a>.{0}',
    ],
    ['before parentheses', '[1](see below)', '{0}(see below)'],
    ['before what looks like the URL of a link', '[1](https)', '{0}(https)'],
    ['before a colon, where a definition would be', '[1]: cats', '{0}: cats'],
    ['in brackets before a colon', '[see [1]]: cats', '[see {0}]: cats'],
  ])('has them %s', (_place, text, html) => {
    expect(render(cite(text))).toBe(html)
  })

  it('has them in the cells of a table', () => {
    const texts = readHtml(cited(cite('| a [1] | b |\n|---|---|\n| **c**[2] | d |')))
    const cells = texts
      .map(({ text, citations }) => (citations === undefined ? text.trim() : `{${citations}}`))
      .filter(Boolean)
    expect(cells).toEqual(['a', '{0}', 'b', 'c', '{1}', 'd'])
  })

  it('has them in the same places when the markers were stripped', () => {
    expect(render(cite('**粗体[1]**后面。[2]', { strip: true }))).toBe('<strong>粗体{0}</strong>后面。{1}')
    expect(render(cite('- a [1]\n- **b**[2]', { strip: true }))).toBe(
      '<ul><li>a {0}</li><li><strong>b</strong>{1}</li></ul>',
    )
  })

  it.each([
    ['code', '`a [1]` [2]', '<code>a [1]</code> {1}'],
    ['fenced code', '```\na [1]\n```', '<pre><code>a [1]</code></pre>'],
    ['indented code', '    a [1]', '<pre><code>a [1]</code></pre>'],
    ['the name of a language', '```a[1]\nb\n```', '<pre><code class="language-a[1]">b</code></pre>'],
    ['the text of a link', '[a [1]](https://a.example)', '<a href="https://a.example">a [1]</a>'],
    ['bold text in a link', '[**a [1]**](https://a.example)', '<a href="https://a.example"><strong>a [1]</strong></a>'],
    ['the URL of a link', '[a](https://a.example/[1])', '<a href="https://a.example/%5B1%5D">a</a>'],
    [
      'the text and the URL of a link',
      '[a [1]](https://a.example/[1])',
      '<a href="https://a.example/%5B1%5D">a [1]</a>',
    ],
    ['the title of a link', '[a](https://a.example "[1]")', '<a href="https://a.example" title="[1]">a</a>'],
    ['the text of an image', '![a [1]](/a.png)', expect.stringContaining('alt="a [1]"')],
  ])('has text in place of them in %s', (_place, text, html) => {
    expect(render(cite(text))).toEqual(html)
  })

  it('does not take them for links to definitions in the answer', () => {
    const html = render(cite('a [1] b [1][2] c\n\n[x]: https://a.example\n'))
    expect(html).toBe('a {0} b {1}{2} c')
    const { answer, ...rest } = cite('a [1]')
    expect(render({ ...rest, answer: `${answer}\n\n[1]: https://evil.example` })).toBe('a {0}')
  })

  it.each([
    ['the characters of a placeholder', '\u27e6[]\ufdd10\ufdd0\u27e7'],
    ['all of its characters', Array.from({ length: 32 }, (_, index) => String.fromCharCode(0xfdd0 + index)).join('')],
    ['references to them', '\u27e6[]&#xFDD1;0&#64976;\u27e7'],
    ['two references to them', '\u27e6[]&#xFDD1;&#xFDD1;0\ufdd0\u27e7'],
    ['a reference and a character', '\u27e6[]&#xFDD1;\ufdd10\ufdd0\u27e7'],
  ])('cannot be given a citation by %s', (_name, forged) => {
    const shown = readHtml(cited(cite(`${forged} a [1]`)))
    expect(shown.filter(({ citations }) => citations !== undefined)).toEqual([
      expect.objectContaining({ citations: '0' }),
    ])
    const wanted = readHtml(cited({ answer: `${forged} a `, sources: [], citations: [] }))
    expect(
      shown
        .map(({ text }) => text)
        .join('')
        .trim(),
    ).toBe(
      wanted
        .map(({ text }) => text)
        .join('')
        .trim(),
    )
  })
})
