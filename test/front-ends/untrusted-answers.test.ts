import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CitedAnswer } from '../../src/markdown.ts'
import { launchBrowser } from '../browser/open-page.ts'
import { cite } from '../markdown/cite.ts'
import { hasChromium } from '../setup/chromium.ts'

// DOMPurify drops an attribute with an end tag of a script, so the title has none.
const TITLE = `"'><img src=x onerror=alert(1)>`
const ATTACK = '"\'><img src=x onerror=alert(1)><script>alert(2)</script>'

/** An answer that tries to run code in every way, with sources that do so too. */
const HOSTILE: CitedAnswer = {
  ...cite(
    [
      'Cats. [1]',
      '<script>alert(3)</script>',
      '<img src="https://evil.example/a.png" onerror="alert(4)"> [2]',
      '![a [1]](https://evil.example/b.png "[2]")',
      '[a](javascript:alert(5)) [b](<java\nscript:alert(6)>) <javascript:alert(7)>[1]',
      '[1]: javascript:alert(8)',
      '<a href="javascript:alert(9)" onclick="alert(10)">c [1]</a>',
      '<iframe src="https://evil.example"></iframe><svg onload=alert(11)>[2]</svg>',
      '<cite data-citations="0">forged</cite> <b title="[1]">[1]</b>',
      '\u27e6[]\ufdd10\ufdd0\u27e7 &#xFDD1;',
      '`<script>[1]</script>`',
    ].join('\n\n'),
  ),
  sources: ['1', '2'].map((sourceId) => ({
    number: Number(sourceId),
    sourceId,
    documentId: ATTACK,
    chunkId: ATTACK,
    title: TITLE,
    url: 'javascript:alert(12)',
    text: ATTACK,
    metadata: {},
  })),
}

describe.skipIf(!hasChromium)('an untrusted answer in a browser', () => {
  let browser: Browser
  let script: string

  beforeAll(async () => {
    const entryPoint = new URL('./support/page.ts', import.meta.url).pathname
    const bundle = await build({
      entryPoints: [entryPoint],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'answers',
      define: { 'process.env.NODE_ENV': '"production"' },
    })
    script = bundle.outputFiles[0]?.text ?? ''
    browser = await launchBrowser()
  }, 60_000)

  afterAll(() => browser.close())

  async function show(way: string, result: CitedAnswer): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('dialog', (dialog) => {
      problems.push(`Ran ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('pageerror', (error) => problems.push(error.message))
    await page.route('**', (route) => {
      problems.push(`Requested ${route.request().url()}`)
      return route.abort()
    })
    await page.addScriptTag({ content: script })
    await page.evaluate(`answers.show(${JSON.stringify(way)}, ${JSON.stringify(result)})`)
    return { page, problems }
  }

  describe.each(['marked and DOMPurify', 'links and DOMPurify', 'react-markdown'])('with %s', (way) => {
    it('runs no code, requests nothing, and has no link with a foreign scheme', async () => {
      const { page, problems } = await show(way, HOSTILE)
      const found = await page.evaluate(() => ({
        elements: [...document.querySelectorAll('main script, main iframe, main img, main svg script')].length,
        handlers: [...document.querySelectorAll('main *')].flatMap((element) =>
          element.getAttributeNames().filter((name) => name.startsWith('on')),
        ),
        schemes: [...document.querySelectorAll<HTMLAnchorElement>('main a[href]')].map((link) => link.protocol),
        text: document.body.textContent,
      }))
      expect(found).toMatchObject({ elements: 0, handlers: [] })
      expect(found.schemes.filter((scheme) => !['about:', 'https:', ':'].includes(scheme))).toEqual([])
      expect(found.text).toContain('Cats. ')
      expect(problems).toEqual([])
      await page.close()
    })

    it('has citations that the keyboard reaches, with the titles of their sources', async () => {
      const { page, problems } = await show(way, { ...cite('Cats **sleep.**[1] Dogs. [2]'), sources: HOSTILE.sources })
      const focused: unknown[] = []
      for (let count = 0; count < 2; count++) {
        await page.keyboard.press('Tab')
        focused.push(
          await page.evaluate(() => [
            document.activeElement?.textContent,
            (document.activeElement as HTMLElement).title,
          ]),
        )
      }
      const title = way === 'links and DOMPurify' ? '' : TITLE
      expect(focused).toEqual([
        ['[1]', title],
        ['[2]', title],
      ])
      expect(await page.textContent('main')).toMatch(/^Cats sleep\.\[1\] Dogs\. \[2\]\s*$/u)
      expect(problems).toEqual([])
      await page.close()
    })
  })

  it('has a link to its source by default, which DOMPurify keeps', async () => {
    const { page } = await show('marked and DOMPurify', { ...cite('a [2]'), sources: HOSTILE.sources })
    const attributes = await page.evaluate(() => {
      const link = document.querySelector('main a')
      return Object.fromEntries(link?.getAttributeNames().map((name) => [name, link.getAttribute(name)]) ?? [])
    })
    expect(attributes).toEqual({ href: '#source-2', title: TITLE, 'data-citation': '0' })
    await page.close()
  })
})
