import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { launchBrowser, openPage, type OpenedPage } from '../../browser/open-page.ts'
import { LINKED_PAGE, type PageParts } from './page-parts.ts'
import { prepareWithModel, startScript, type RunningPage } from './start-example.ts'

const SENTENCE = 'Unused items can be returned within thirty days of delivery [1].'
const QUESTION = 'How long can I return an item?'

/** A question whose answer does not end before it is stopped. */
export const WAITING_QUESTION = `Wait: ${QUESTION}`

/** Tests the page of an example in a browser. `start` starts it with the scripted model. */
export function describePage(
  name: string,
  start: () => Promise<RunningPage>,
  { again, answer, citation, failure, passage, source }: PageParts = LINKED_PAGE,
): void {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 })

  describe(`${name}`, () => {
    let browser: Browser
    let running: RunningPage
    let opened: OpenedPage | undefined
    beforeAll(async () => {
      running = await start()
      browser = await launchBrowser()
    })
    afterEach(async () => {
      const { page, problems } = opened ?? {}
      opened = undefined
      await page?.context().close()
      expect(problems).toEqual([])
    })
    afterAll(async () => {
      await browser?.close()
      await running?.[Symbol.asyncDispose]()
    })

    async function open(): Promise<Page> {
      opened = await openPage(browser, running.url)
      return opened.page
    }

    it('shows words before the end, untrusted text as text, and citations that lead to their sources', async () => {
      const page = await open()
      await ask(page, WAITING_QUESTION)
      await shows(page, answer, `${SENTENCE} <img src=x onerror=alert(1)>`)
      expect(await page.locator('img').count()).toBe(0)
      expect(await page.locator('h2').allTextContents()).toEqual([WAITING_QUESTION])
      expect(await page.locator(source).first().textContent()).toContain('Returns')
      expect(await page.locator(passage).first().isVisible()).toBe(false)
      await page.click(citation)
      await page.locator(passage).first().waitFor()
      expect(await page.locator(passage).first().textContent()).toContain('within thirty days')
      await page.keyboard.press('Escape')
      await stop(page)
    })

    it('stops an answer on the server, and can ask on', async () => {
      const page = await open()
      await ask(page, WAITING_QUESTION)
      await shows(page, answer, SENTENCE)
      await stop(page)
      expect(await finishReasons(page)).toEqual(['abort'])
      await ask(page, QUESTION)
      await page.locator(answer).nth(1).waitFor()
      await ended(page)
      expect(await finishReasons(page)).toEqual(['abort', 'stop'])
    })

    it('shows the conversation again after a reload', async () => {
      const page = await open()
      await ask(page, QUESTION)
      await shows(page, answer, SENTENCE)
      await ended(page)
      const shown = await page.locator('article').textContent()
      await page.reload()
      await shows(page, answer, SENTENCE)
      expect(await page.locator('article').textContent()).toBe(shown)
      await page.click(citation)
      await page.locator(passage).first().waitFor()
    })

    it('goes on with a running answer after a reload', async () => {
      const page = await open()
      await ask(page, WAITING_QUESTION)
      await shows(page, answer, SENTENCE)
      await page.reload()
      await shows(page, answer, SENTENCE)
      await stop(page)
      expect(await finishReasons(page)).toEqual(['abort'])
    })

    it('shows a failure, and asks again', async () => {
      const page = await open()
      await ask(page, `Fail: ${QUESTION}`)
      await shows(page, failure, 'The model could not be reached')
      await ended(page)
      if (again !== undefined) await page.click(again)
      else await ask(page, `Fail: ${QUESTION}`)
      await expect.poll(() => finishReasons(page), { timeout: 20_000 }).toContain('stop')
      await ended(page)
      await shows(page, answer, SENTENCE)
    })
  })
}

/** Tests an example that uses Vite with its own dev server and chat server, as a user starts it. */
export function describeDev(name: string, { answer }: PageParts = LINKED_PAGE): void {
  it(`examples/${name} answers below its dev server, whose proxy passes on words and stops`, async () => {
    await using running = await startScript(await prepareWithModel(name, 'server.js'), 'dev')
    await using browser = await launchBrowser()
    const { page, problems } = await openPage(browser, running.url)
    await ask(page, WAITING_QUESTION)
    await shows(page, answer, SENTENCE)
    await stop(page)
    expect(await finishReasons(page)).toEqual(['abort'])
    expect(problems).toEqual([])
  })
}

/** Asks a question by the keyboard. */
async function ask(page: Page, question: string): Promise<void> {
  await page.fill('[name=question]', question)
  await page.press('[name=question]', 'Enter')
}

/** Presses the button, and resolves when the answer has ended. */
async function stop(page: Page): Promise<void> {
  await page.click('form button:has-text("Stop")')
  await ended(page)
}

/** Resolves when no answer is running any more. */
async function ended(page: Page): Promise<void> {
  await page.waitForSelector('form button:enabled:has-text("Ask")')
}

/** Resolves when the last element of a selector shows the text. Closed popovers are part of its `textContent`. */
function shows(page: Page, selector: string, text: string): Promise<unknown> {
  return page.waitForFunction(
    ([part = '', wanted = '']) => [...document.querySelectorAll<HTMLElement>(part)].at(-1)?.innerText.includes(wanted),
    [selector, text],
  )
}

/** Returns the reasons why the answers of the conversation ended, as the server has stored them. */
function finishReasons(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const threadId = new URLSearchParams(location.search).get('thread')
    const { turns } = await (await fetch(`/api/threads/${threadId}`)).json()
    return turns.map(({ result }: { result?: { finishReason: string } }) => result?.finishReason)
  })
}
