import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { createFaultServer, type FaultServer } from '../../src/testing.ts'
import { startServe, type Serving } from '../cli/start-serve.ts'
import { launchBrowser, openPage, openTab, type OpenedPage, type OpenPageOptions } from './open-page.ts'

/** A question that the documents of the server answer. */
export const QUESTION = 'How do I stop an answer?'

/** The helpers that the tests of a file share. */
export interface ServeKit {
  /** Opens the page of a server with the built-in model. */
  open(options?: OpenPageOptions): Promise<Page>
  /** Opens the page of a server that uses the fault server as its model. */
  openWithModel(options?: OpenPageOptions): Promise<Page>
  /** Opens the page of any server; problems on this one are expected. */
  openAt(server: Pick<Serving, 'url'>): Promise<Page>
  /** Opens the URL of a page in another tab of its browser. */
  openTab(page: Page, options?: OpenPageOptions): Promise<Page>
  /** The server that uses the fault server as its model. */
  readonly modelServer: Serving
  /** The fault server. */
  readonly upstream: FaultServer
}

/** Starts a browser, a fault server and two servers for the tests of a file. A page with problems fails its test. */
export function useServe(): ServeKit {
  let browser: Browser
  let upstream: FaultServer
  let server: Serving
  let modelServer: Serving
  const opened: OpenedPage[] = []

  // A browser on a busy machine is slow.
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
  beforeAll(async () => {
    browser = await launchBrowser()
    upstream = await createFaultServer()
    server = await startServe()
    // Some tests reach it through a proxy with another port.
    modelServer = await startServe({
      args: ['--allowed-hosts', '127.0.0.1'],
      env: { OPENAI_BASE_URL: upstream.baseURL },
    })
  })
  afterEach(async () => {
    const pages = opened.splice(0)
    for (const { page } of pages) await page.context().close()
    expect(pages.flatMap(({ problems }) => problems)).toEqual([])
  })
  afterAll(async () => {
    await browser.close()
    // Does not wait for the answers that the tests have left in progress.
    await server.stop('SIGKILL')
    await modelServer.stop('SIGKILL')
    await upstream.close()
  })

  async function keep(opening: Promise<OpenedPage>): Promise<Page> {
    const page = await opening
    opened.push(page)
    return page.page
  }

  return {
    open: (options) => keep(openPage(browser, server.url, options)),
    openWithModel: (options) => keep(openPage(browser, modelServer.url, options)),
    openTab: (page, options) => keep(openTab(page.context(), page.url(), options)),
    async openAt({ url }) {
      const { page } = await openPage(browser, url)
      opened.push({ page, problems: [] })
      return page
    },
    get modelServer() {
      return modelServer
    },
    get upstream() {
      return upstream
    },
  }
}

/** Asks a question by the keyboard. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.fill('#question', question)
  await page.press('#question', 'Enter')
}

/** Resolves when the last turn has ended. */
export async function ended(page: Page): Promise<void> {
  await page.waitForSelector('.turn:last-child[data-state=ended]')
}

/** Resolves when the text of the answer contains `text`. */
export async function answerContains(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (part) => document.querySelector('.turn:last-child .answer')?.textContent.includes(part),
    text,
  )
}

/** Returns the text of a part of the last turn, such as `.status`. */
export async function textOf(page: Page, selector: string): Promise<string | null> {
  return page.locator(`.turn:last-child ${selector}`).textContent()
}

/** Advances the clock of the page, which must be installed, until it no longer reconnects. */
export async function untilGivenUp(page: Page): Promise<void> {
  while ((await page.locator('.turn:last-child[data-state=ended]').count()) === 0) await page.clock.fastForward(4_000)
}

/** The sources of the last stored turn. */
export function sourcesOf(page: Page): Promise<readonly { readonly documentId: string; readonly text: string }[]> {
  return page.evaluate(async () => {
    const threadId = new URLSearchParams(location.hash.slice(1)).get('thread') ?? ''
    const response = await fetch(`threads/${encodeURIComponent(threadId)}`)
    const { turns }: { turns: { result: { sources: { documentId: string; text: string }[] } }[] } =
      await response.json()
    return turns.at(-1)?.result.sources ?? []
  })
}

/** A response that streams these events, and then ends without a terminal event. */
export function eventStream(...events: readonly object[]) {
  const frames = events.map((event) => `data: ${JSON.stringify(event)}\n\n`)
  return { contentType: 'text/event-stream', body: `: hello\n\n${frames.join('')}` }
}

/** Returns the focused element as a selector. */
export function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement
    return element?.id ? `#${element.id}` : element?.className ? `.${element.className}` : element?.localName
  })
}
