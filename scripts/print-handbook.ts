// The handbook of the demo as a PDF, printed from its Markdown by Chromium. `node scripts/print-handbook.ts` writes it anew.
import { readFile, writeFile } from 'node:fs/promises'
import { marked } from 'marked'
import { chromium } from 'playwright-core'
import { chromiumPath } from '../test/setup/chromium.ts'

const FOLDER = new URL('../examples/demo/', import.meta.url)
const STYLE = `
  body { font: 11pt/1.5 sans-serif; }
  h1 { font-size: 24pt; line-height: 1.2; }
  h2 { font-size: 18pt; }
  h2:nth-of-type(n + 2) { break-before: page; }
  h3 { font-size: 13pt; break-after: avoid; }
  p, li { orphans: 3; widows: 3; }`

const markdown = await readFile(new URL('handbook.md', FOLDER), 'utf8')
const [, title = ''] = /^# (.*)$/m.exec(markdown) ?? []
const body = await marked.parse(markdown)

const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--headless', '--no-sandbox'] })
try {
  const page = await browser.newPage()
  await page.setContent(`<!doctype html><html lang="en"><title>${title}</title><style>${STYLE}</style>${body}`)
  const margin = { top: '22mm', bottom: '22mm', left: '22mm', right: '22mm' }
  const pdf = await page.pdf({ format: 'A4', margin, outline: true, tagged: true })
  await writeFile(new URL('handbook.pdf', FOLDER), pdf)
} finally {
  await browser.close()
}
