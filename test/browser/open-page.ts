import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { chromiumPath } from '../setup/chromium.ts'

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the browser. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: ARGUMENTS })
}

/** The options of a page. */
export interface OpenPageOptions {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
  /** The language of the browser. @defaultValue `en-US` */
  readonly locale?: string
  /** Expected errors in the console, which the browser logs for a status such as 409. */
  readonly tolerates?: RegExp
}

/** A page and its unexpected problems. */
export interface OpenedPage {
  readonly page: Page
  /** Errors in the console, uncaught exceptions, and requests to other servers. */
  readonly problems: readonly string[]
}

/** Opens a page in a separate browser context, and records the order in which its parts appear. */
export async function openPage(browser: Browser, url: string, options: OpenPageOptions = {}): Promise<OpenedPage> {
  const { width = 1280, colorScheme = 'light', locale = 'en-US' } = options
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, locale })
  return openTab(context, url, options)
}

/** Opens another page in an existing browser context. */
export async function openTab(
  context: BrowserContext,
  url: string,
  options: OpenPageOptions = {},
): Promise<OpenedPage> {
  const { tolerates } = options
  const { origin } = new URL(url)
  const page = await context.newPage()
  // Shorter than the time limit of the test, so that a failure names the expected condition.
  page.setDefaultTimeout(20_000)
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !tolerates?.test(message.text())) problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('request', (request) => request.url().startsWith(origin) || problems.push(`Requested ${request.url()}`))
  await page.addInitScript(logAppearance)
  await page.goto(url)
  return { page, problems }
}

/** Runs on the page: writes to `data-appeared` what appeared first, such as `status text sources`. */
function logAppearance(): void {
  const appeared: string[] = []
  const note = (kind: string) => {
    if (appeared.at(-1) === kind) return
    appeared.push(kind)
    document.documentElement.dataset['appeared'] = appeared.join(' ')
  }
  new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target instanceof Element ? target : target.parentElement
      if (element?.matches('.status')) note('status')
      if (element?.closest('.answer')?.textContent) note('text')
      if (element?.matches('.sources ul') && element.hasChildNodes()) note('sources')
    }
  }).observe(document, { subtree: true, childList: true, characterData: true })
}
