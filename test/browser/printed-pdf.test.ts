import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pdfLoader } from '../../src/knowledge/loaders/pdf-loader.ts'
import type { LoadedDocument } from '../../src/knowledge/documents/loaded-document.ts'
import { loadBytes } from '../support/load-bytes.ts'
import { locateSentences } from '../support/locate-sentences.ts'
import { printPdf } from '../support/print-pdf.ts'
import { launchBrowser } from './open-page.ts'

const load = pdfLoader()
let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
})

async function print(html: string, options = {}): Promise<LoadedDocument> {
  const page = await browser.newPage()
  await page.setContent(`<!doctype html><meta charset="utf-8">${html}`)
  const pdf = await page.pdf({
    format: 'a4',
    margin: { top: '25mm', bottom: '25mm', left: '20mm', right: '20mm' },
    ...options,
  })
  await page.close()
  return loadBytes(load, pdf)
}

function blocksOf({ text, blocks = [] }: LoadedDocument): readonly (readonly [string, number, string])[] {
  return blocks.map(({ kind, level, start, end }) => [kind, level, text.slice(start, end)])
}

const TEXTS = {
  en: 'Emperor penguins huddle in groups of several thousand birds. The ones outside move in after a few minutes, so that each of them spends some time in the warm middle. A huddle can be 20 °C warmer than the air around it! Their chicks stand on the feet of a parent for about 50 days.',
  de: 'Kaiserpinguine überwintern als einzige Wirbeltiere auf dem antarktischen Festlandeis. Während der Brutzeit verlieren die Männchen bis zu vierzig Prozent ihres Körpergewichts. Die Küken schlüpfen nach etwa 65 Tagen und werden zunächst mit einer milchartigen Flüssigkeit gefüttert.',
  zh: '帝企鹅是唯一在南极冬季繁殖的企鹅。雄企鹅把蛋放在脚上，用腹部的皮肤盖住，大约65天不吃东西。小企鹅出生以后，父母轮流到海里寻找食物，一行一行地走很远的路。车站在长长的冰面上是看不见的。',
}

describe('a printed PDF', () => {
  it.each([
    ['en', 1],
    ['en', 2],
    ['de', 2],
    ['de', 3],
    ['zh', 1],
    ['zh', 2],
  ] as const)(
    'has each sentence of a text in %s in %i columns on its page, at its place',
    async (language, columns) => {
      const texts = Array.from({ length: 84 }, (_, index) => `${index + 1}. ${TEXTS[language]}`)
      const style = 'text-align: justify; font-size: 12px'
      const options = { language, columns, style, headers: true, headings: { every: 7, text: 'Pinguine 企鹅' } }
      const { pdf, sentences } = await printPdf(browser, texts, options)
      const document = await loadBytes(load, pdf)
      const { located, onWrongPage, lost } = locateSentences(document, sentences)
      expect(lost).toEqual([])
      expect(onWrongPage).toBe(0)
      expect(located).toBeGreaterThan(100)
      expect(document.blocks?.filter(({ kind }) => kind === 'heading')).toHaveLength(12)
      // The first header stays; the numbers of the pages do not.
      expect(document.text.match(/Collected passages for the test/g)).toHaveLength(1)
      expect(document.pages?.length).toBeGreaterThan(1)
      expect(blocksOf(document).filter(([, , text]) => /^\d+$/.test(text))).toEqual([])
    },
  )

  it('has its headings from the outline, or else by their size', async () => {
    const html = `<title>Birds</title><h1>Penguins of the south</h1><p>${TEXTS.en}</p>
      <h2 style="font-size: 1em">Where they live</h2><p>${TEXTS.en}</p><h2>What they eat</h2><p>${TEXTS.en}</p>`
    const named = await print(html, { outline: true, tagged: true })
    expect(named.title).toBe('Birds')
    const headings = (document: LoadedDocument): unknown => blocksOf(document).filter(([kind]) => kind === 'heading')
    expect(headings(named)).toEqual([
      ['heading', 1, 'Penguins of the south'],
      ['heading', 2, 'Where they live'],
      ['heading', 2, 'What they eat'],
    ])
    const large = await print(html.replace('<title>Birds</title>', ''))
    expect(large.title).toBe('Penguins of the south')
    expect(headings(large)).toEqual([
      ['heading', 1, 'Penguins of the south'],
      ['heading', 2, 'What they eat'],
    ])
  })

  it('has tables and code line by line', async () => {
    const document = await print(`<p>${TEXTS.en}</p><table cellpadding="8">
      <tr><td>Species</td><td>Height</td><td>Weight</td></tr><tr><td>Emperor</td><td>115 cm</td><td>35 kg</td></tr>
      <tr><td>Little</td><td>33 cm</td><td>1.5 kg</td></tr></table><p>${TEXTS.en}</p>
      <pre>const birds = 3\nconst eggs = 1</pre>`)
    expect(blocksOf(document).filter(([kind]) => kind === 'verbatim')).toEqual([
      ['verbatim', 0, 'Species | Height | Weight\nEmperor | 115 cm | 35 kg\nLittle | 33 cm | 1.5 kg'],
      ['verbatim', 0, 'const birds = 3\nconst eggs = 1'],
    ])
  })

  it('has one paragraph for each paragraph and list item', async () => {
    const document = await print(`<p>${TEXTS.en}</p><p>${TEXTS.de}</p><ul><li>${TEXTS.en}</li><li>Short one.</li></ul>`)
    expect(blocksOf(document).map(([, , text]) => text)).toEqual([TEXTS.en, TEXTS.de, TEXTS.en, 'Short one.'])
  })

  it('has the letters of ligatures, and joins a word that two lines divide', async () => {
    const document = await print(
      `<p style="width: 9em; font-family: 'DejaVu Serif', serif">An efficient office for the Donau&shy;dampf&shy;schiff&shy;fahrt of all.</p>`,
    )
    expect(document.text).toBe('An efficient office for the Donaudampfschifffahrt of all.')
  })

  it('reads Arabic from right to left', async () => {
    const text = 'تعيش البطاريق في القارة القطبية الجنوبية'
    const document = await print(`<p dir="rtl" lang="ar">${text}</p>`)
    expect(document.text).toBe(text)
  })
})
