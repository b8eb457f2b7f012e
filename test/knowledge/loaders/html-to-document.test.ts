import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { htmlToDocument } from '../../../src/knowledge/loaders/html-to-document.ts'
import { findBlocks } from '../../../src/knowledge/text/find-blocks.ts'

/** Returns each block as its kind or level and its text, without the mark. */
async function read(html: string): Promise<readonly (readonly [string | number, string])[]> {
  const { text, blocks = [] } = await htmlToDocument(html, { mainContent: false })
  return blocks.map(({ kind, level, textStart, end }) => [level || kind, text.slice(textStart, end)])
}

async function textOf(html: string): Promise<string> {
  return (await htmlToDocument(html, { mainContent: false })).text
}

async function codeOf(html: string): Promise<unknown> {
  return htmlToDocument(html).then(
    () => 'no error',
    (error: { readonly code?: unknown }) => error.code,
  )
}

const sentences = 'The pump is cleaned every week, with warm water, by the shift that ends. '.repeat(8)
const links = '<ul>' + '<li><a href="/x">A link to somewhere else</a></li>'.repeat(30) + '</ul>'

describe('htmlToDocument', () => {
  it('reads headings, paragraphs and list items as blocks of a Markdown text', async () => {
    const html = `<!doctype html><html><body><h1>Top</h1><p>One <b>bold</b>
      line.</p><h3>Sub</h3><ul><li>first<ul><li>inner</li></ul></li><li><p>second</p><p>more</p></li></ul>
      <ol start="3"><li>three</li><li></li><li>five</li></ol>tail`
    expect(await textOf(html)).toBe(
      '# Top\n\nOne bold line.\n\n### Sub\n\n- first\n  - inner\n- second\n\nmore\n\n3. three\n5. five\n\ntail',
    )
    expect(await read(html)).toEqual([
      [1, 'Top'],
      ['prose', 'One bold line.'],
      [3, 'Sub'],
      ['prose', 'first'],
      ['prose', 'inner'],
      ['prose', 'second'],
      ['prose', 'more'],
      ['prose', 'three'],
      ['prose', 'five'],
      ['prose', 'tail'],
    ])
  })

  it('keeps the white space of code between fences that its text does not contain', async () => {
    const html = '<pre>\n<code>if (a) {\n\n  b&nbsp;= "```"<br>}\n</code></pre><p>after</p>'
    expect(await read(html)).toEqual([
      ['verbatim', '````\nif (a) {\n\n  b = "```"\n}\n````'],
      ['prose', 'after'],
    ])
  })

  it('writes a table as rows, with its spans and its caption', async () => {
    const html = `<table><caption>Sizes</caption><thead><tr><th>Name</th><th>Size</th><th>Note</th></tr></thead>
      <tr><td rowspan="2">a|b</td><td><p>1</p><p>m</p></td><td><img alt="wide" src="x"></td></tr>
      <tr><td colspan="2">2<br>m</td></tr></table>`
    expect(await read(html)).toEqual([
      ['prose', 'Sizes'],
      [
        'verbatim',
        String.raw`| Name | Size | Note |
| --- | --- | --- |
| a\|b | 1 m | wide |
|  | 2 m |  |`,
      ],
    ])
  })

  it('reads a table that arranges the page as the parts of the page', async () => {
    const layouts = [
      '<table role="presentation"><tr><td>left</td><td>right</td></tr></table>',
      '<table><tr><td>left</td></tr><tr><td>right</td></tr></table>',
      '<table><tr><td><table><tr><td>left</td></tr></table></td><td>right</td></tr></table>',
    ]
    for (const html of layouts) {
      expect(await read(html)).toEqual([
        ['prose', 'left'],
        ['prose', 'right'],
      ])
    }
  })

  it('decodes entities, and takes non-breaking spaces for spaces', async () => {
    expect(await textOf('<p>a&nbsp;&nbsp;b &lt;c&gt; &eacute;&#x41;&amp;amp; soft&shy;hyphen 1&#160;kg</p>')).toBe(
      'a b <c> éA&amp; softhyphen 1 kg',
    )
    expect(await textOf('<p>a&#0;b\0c&#xD800;\ud800</p>')).toBe('a�b�c��')
  })

  it('reads line breaks, two of which end a paragraph, and images by their alternative text', async () => {
    expect(await read('one<br>two<br><br>three <img alt="a chart" src="x">four')).toEqual([
      ['prose', 'one\ntwo'],
      ['prose', 'three a chart four'],
    ])
  })

  it('keeps a heading with elements in it in one block', async () => {
    expect(await read('<h2><div>Part</div><br><span>one</span> <a href="#p">¶</a></h2><p>text')).toEqual([
      [2, 'Part one'],
      ['prose', 'text'],
    ])
  })

  it('leaves out navigation, scripts, controls and what the page hides', async () => {
    const hidden = [
      '<nav>x</nav>',
      '<div role="navigation">x</div>',
      '<script>x</script>',
      '<style>x</style>',
      '<template><p>x</p></template>',
      '<noscript>x</noscript>',
      '<p hidden>x</p>',
      '<p aria-hidden="true">x</p>',
      '<p style="color: red; DISPLAY : none">x</p>',
      '<p style="visibility:hidden">x</p>',
      '<dialog>x</dialog>',
      '<button>x</button>',
      '<select><option>x</option></select>',
      '<svg><title>x</title><text>x</text></svg>',
      '<iframe>x</iframe>',
      '<textarea>x</textarea>',
      '<!-- x -->',
      '<ruby><rt>x</rt></ruby>',
    ]
    expect(
      await textOf(`${hidden.join('')}<p>shown</p><dialog open>open</dialog><p hidden="until-found">found</p>`),
    ).toBe('shown\n\nopen\n\nfound')
  })

  it('reads a fragment, two roots, unclosed elements and text behind the end', async () => {
    expect(await textOf('just text')).toBe('just text')
    expect(await textOf('<p>one<p>two')).toBe('one\n\ntwo')
    expect(await textOf('<title>T</title><p>one</p><p>two')).toBe('one\n\ntwo')
    expect(await textOf('<!doctype html><html><body><p>one</body></html><p>two')).toBe('one\n\ntwo')
    expect(await textOf('<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C"><html><body>one</body></html>')).toBe(
      'one',
    )
  })

  it('takes the title of the page, else the first heading of level 1', async () => {
    const titleOf = async (html: string) => (await htmlToDocument(html)).title
    expect(await titleOf('<html><head><title> A &amp;\n B </title></head><body><h1>C</h1>x</body></html>')).toBe(
      'A & B',
    )
    expect(await titleOf('<svg><title>icon</title></svg><h2>D</h2><h1>C</h1>x')).toBe('C')
    expect(await titleOf('<p>x')).toBeUndefined()
  })

  it('reads the article of a page without the links around it, and keeps the levels of headings', async () => {
    const html = `<html><head><title>Pump</title></head><body><div class="menu">${links}</div>
      <article><h1>Care</h1><p>${sentences}</p><h2>Weekly</h2><p>${sentences}</p></article>
      <div class="sidebar">${links}</div></body></html>`
    const article = await htmlToDocument(html)
    expect(article.text).not.toContain('A link to somewhere else')
    expect(article.blocks?.filter(({ level }) => level > 0).map(({ level }) => level)).toEqual([1, 2])
    expect(await textOf(html)).toContain('A link to somewhere else')
  })

  it('reads the whole body if the article is only a small part of its prose', async () => {
    const parts = ['One', 'Two', 'Three'].map(
      (name) => `<table role="none"><tr><td><h2>${name}</h2><p>${sentences}</td></table>`,
    )
    const { text } = await htmlToDocument(`<html><body>${parts.join('')}</body></html>`)
    expect(['One', 'Two', 'Three'].filter((name) => text.includes(name))).toHaveLength(3)
  })

  it('gives the blocks that its text has as Markdown', async () => {
    const html = `<h1>Top</h1><p>One.</p><ul><li>a</li><li>b</li></ul><pre>x = 1\n\ny</pre>
      <table><tr><td>1</td><td>2</td></tr></table><ol><li>c</li></ol>`
    const { text, blocks } = await htmlToDocument(html, { mainContent: false })
    expect(blocks).toEqual(findBlocks(text))
  })

  it('gives blocks in order, with only white space between them, for any HTML', async () => {
    const tag = fc.constantFrom(
      ...'<p> </p> <div> </div> <li> <ul> </ul> <ol> <h2> </h2> <pre> </pre> <table> <tr> <td> </td> </table> <br> <b> </b>'.split(
        ' ',
      ),
      'text ',
      ' ',
      '\n',
      '&nbsp;',
      '<',
      '<a href="#x">#</a>',
      '<img alt="i">',
      '<nav>',
      '</nav>',
      '<!--',
      '-->',
      '|',
      '`',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(tag, { maxLength: 30 }), async (parts) => {
        const { text, blocks = [] } = await htmlToDocument(`x${parts.join('')}`)
        let at = 0
        for (const { start, textStart, end } of blocks) {
          expect(text.slice(at, start).trim()).toBe('')
          expect(start <= textStart && textStart < end).toBe(true)
          at = end
        }
        expect(at).toBe(text.length)
      }),
    )
  })
})

describe('htmlToDocument, bad input', () => {
  it('opens no address and runs no script', async () => {
    const asked: (string | undefined)[] = []
    const server = createServer(({ url }, response) => {
      asked.push(url)
      response.end('x')
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const run = `globalThis.htmlWasRun = true`
    const html = `<html manifest="${address}/m"><head><base href="${address}"><link rel="stylesheet" href="${address}/c.css">
      <style>@import "${address}/i.css"</style><script src="${address}/s.js"></script><script>${run}</script>
      <script type="application/ld+json">{"@context":"${address}"}</script>
      <meta http-equiv="refresh" content="0;url=${address}/r"></head>
      <body onload="${run}"><img src="${address}/i.png" onerror="${run}"><iframe src="${address}/f"></iframe>
      <svg onload="${run}"><image href="${address}/v"/></svg><object data="${address}/o"></object>
      <a href="javascript:${run}" is="x-y">a</a><noscript><img src="${address}/n"></noscript>
      <x-y></x-y><p style="background:url(${address}/b)">${sentences}</p></body></html>`
    expect((await htmlToDocument(html)).text).toContain('The pump')
    expect(asked).toEqual([])
    expect(globalThis).not.toHaveProperty('htmlWasRun')
  })

  it.each([
    ['100,000 nested elements', '<div>'.repeat(100_000), 'damaged'],
    ['elements hidden from the count by comments', '<div><!--</div>-->'.repeat(30_000), 'damaged'],
    ['elements hidden from the count by attributes', '<div a="</div>">'.repeat(30_000), 'damaged'],
    ['elements hidden from the count by scripts', '<div><script></div></script>'.repeat(30_000), 'damaged'],
    ['a million attributes', `<p ${'a=1 '.repeat(1_000_000)}>x`, 'too-large'],
    ['a million elements', '<p>x'.repeat(1_000_000), 'too-large'],
    ['a million entities', '&amp;'.repeat(1_000_000), 'too-large'],
    ['a million angle brackets', '<'.repeat(1_000_000), 'too-large'],
    ['30 million characters', ' '.repeat(30_000_000), 'too-large'],
    ['an unclosed comment', `<!--${'<!-- '.repeat(100_000)}x`, 'empty'],
    ['nothing', '', 'empty'],
    ['only white space', '<p>&nbsp;\u200b</p>', 'empty'],
    ['only scripts', '<div id="root"></div><noscript>Turn it on</noscript><script>write("x")</script>', 'empty'],
  ])('rejects %s', async (_, html, code) => {
    expect(await codeOf(html)).toBe(code)
  })

  it('reads rows and items that are never closed', async () => {
    expect(await codeOf(`<table>${'<tr><td>a<td>b'.repeat(21_000)}`)).toBe('no error')
    expect(await codeOf('<ul><li>a'.repeat(100) + '<li>b'.repeat(21_000))).toBe('no error')
  })

  it('does not fill millions of cells because a table says so', async () => {
    const { text } = await htmlToDocument(`<table>${'<tr><td colspan=9999>x<td rowspan=9999>y'.repeat(1_000)}</table>`)
    expect(text.length).toBeLessThan(200_000)
  })

  it('reads a page that is too deep for the search of its article', async () => {
    expect((await htmlToDocument('<div>'.repeat(2_000) + sentences)).text).toBe(sentences.trim())
  })

  it('rejects unknown options and a value that is no string', async () => {
    await expect(htmlToDocument('x', { main: true } as never)).rejects.toMatchObject({ field: 'main' })
    await expect(htmlToDocument(1 as never)).rejects.toMatchObject({ field: 'html' })
  })
})
