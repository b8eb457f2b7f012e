import type { Browser } from 'playwright-core'
import { loadPdf } from 'ragwire/knowledge'
import { launchBrowser } from '../browser/open-page.ts'
import { hasChromium } from '../setup/chromium.ts'
import { locateSentences } from '../support/locate-sentences.ts'
import { printPdf, type PrintOptions } from '../support/print-pdf.ts'
import type { Row } from './report.ts'
import { readXquad } from './xquad.ts'

type Layout = Omit<PrintOptions, 'language'>

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'one column': {},
  'two columns': {
    columns: 2,
    style: 'font-size: 12px; text-align: justify',
    headers: true,
    headings: { every: 5, text: 'Passage' },
  },
  'three columns': { columns: 3, style: 'font-size: 11px', headers: true },
}
const LANGUAGES = ['en', 'de', 'zh']

/**
 * Prints the paragraphs of XQuAD as PDFs, and looks each sentence up in the text that is loaded from them: the share whose
 * words are there, with the right rectangles, and the share on a wrong page. The baseline is the text in the order of the
 * file, as `unpdf` extracts it.
 */
export async function evaluatePdf(folder: string): Promise<readonly Row[]> {
  if (!hasChromium) {
    console.log('PDFs are left out: they are printed by Chromium (CHROMIUM_PATH)')
    return []
  }
  const browser = await launchBrowser()
  try {
    const rows: Row[] = []
    for (const language of LANGUAGES) {
      const texts = readXquad(folder, language).documents.map(({ text }) => text)
      for (const [name, layout] of Object.entries(LAYOUTS)) {
        rows.push(...(await evaluateLayout(browser, texts, { language, name, layout })))
      }
    }
    return rows
  } finally {
    await browser.close()
  }
}

interface PdfCase {
  readonly language: string
  readonly name: string
  readonly layout: Layout
}

async function evaluateLayout(
  browser: Browser,
  texts: readonly string[],
  { language, name, layout }: PdfCase,
): Promise<readonly Row[]> {
  const { pdf, sentences } = await printPdf(browser, texts, { language, ...layout })
  const signal = new AbortController().signal
  const documentId = `XQuAD ${language}, ${name}`
  const loaded = await loadPdf({ documentId, content: pdf, mediaType: 'application/pdf', signal })
  const { located, onWrongPage, lost } = locateSentences(loaded, sentences)
  if (process.env['DEBUG']) console.log(documentId, lost)
  const count = sentences.length
  const measure = `PDF ${language}, ${name}`
  return [
    {
      measure: `${measure}: located, of ${count}`,
      value: located / count,
      baseline: await baseline(pdf, sentences),
      good: 0.99,
      excellent: 0.998,
    },
    {
      measure: `${measure}: on a wrong page`,
      value: onWrongPage / count,
      baseline: 0,
      good: 0,
      excellent: 0,
      atMost: true,
    },
  ]
}

/** Returns the share of the sentences whose words are in the text of `unpdf`, without regard to places. */
async function baseline(pdf: Uint8Array, sentences: readonly { readonly text: string }[]): Promise<number> {
  const { extractText } = await import('unpdf')
  const { text } = await extractText(Uint8Array.from(pdf), { mergePages: true })
  const letters = (words: string): string => words.normalize('NFC').replace(/\s+/gu, '')
  const all = letters(text)
  return sentences.filter((sentence) => all.includes(letters(sentence.text))).length / sentences.length
}
