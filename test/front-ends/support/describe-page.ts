import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { launchBrowser, openPage, type OpenedPage } from '../../browser/open-page.ts'
import { prepareWithModel, startScript, type RunningPage } from './start-example.ts'

const SENTENCE = 'Unused items can be returned within thirty days of delivery [1].'
const QUESTION = 'How long can I return an item?'

/** Tests the page of an example in a browser. `start` starts it with the scripted model. */
export function describePage(name: string, start: () => Promise<RunningPage>): void {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

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
      await ask(page, `Wait: ${QUESTION}`)
      await answerContains(page, `${SENTENCE} <img src=x onerror=alert(1)>`)
      expect(await page.locator('img').count()).toBe(0)
      expect(await page.locator('h2').allTextContents()).toEqual([`Wait: ${QUESTION}`])
      expect(await page.locator('article summary').first().textContent()).toBe('[1] Returns')
      const text = page.locator('details p').first()
      expect(await text.isVisible()).toBe(false)
      await page.click('.answer a')
      await text.waitFor()
      expect(await text.textContent()).toContain('within thirty days')
      await page.click('text=Stop')
      await noteIs(page, 'Stopped')
    })

    it('stops an answer on the server, and can ask on', async () => {
      const page = await open()
      await ask(page, `Wait: ${QUESTION}`)
      await answerContains(page, SENTENCE)
      await page.click('text=Stop')
      await noteIs(page, 'Stopped')
      expect(await finishReasons(page)).toEqual(['abort'])
      await ask(page, QUESTION)
      await ended(page)
      expect(await page.locator('.answer').count()).toBe(2)
      expect(await finishReasons(page)).toEqual(['abort', 'stop'])
    })

    it('shows the conversation again after a reload', async () => {
      const page = await open()
      await ask(page, QUESTION)
      await ended(page)
      const shown = await page.locator('article').textContent()
      await page.reload()
      await answerContains(page, SENTENCE)
      await ended(page)
      expect(await page.locator('article').textContent()).toBe(shown)
      await page.click('.answer a')
      await page.locator('details p').first().waitFor()
    })

    it('goes on with a running answer after a reload', async () => {
      const page = await open()
      await ask(page, `Wait: ${QUESTION}`)
      await answerContains(page, SENTENCE)
      await page.reload()
      await answerContains(page, SENTENCE)
      await page.click('text=Stop')
      await noteIs(page, 'Stopped')
      expect(await finishReasons(page)).toEqual(['abort'])
    })

    it('shows a failure, and asks again', async () => {
      const page = await open()
      await ask(page, `Fail: ${QUESTION}`)
      await page.waitForSelector('text=Try again')
      expect(await page.locator('[role=status]').textContent()).toMatch(/model/u)
      await page.click('text=Try again')
      await ended(page)
      expect(await page.locator('article').count()).toBe(1)
      expect(await page.locator('.answer').textContent()).toContain(SENTENCE)
      expect(await page.locator('text=Try again').isVisible()).toBe(false)
    })
  })
}

/** Tests an example that uses Vite with its own dev server and chat server, as a user starts it. */
export function describeDev(name: string): void {
  it(`examples/${name} answers below its dev server, whose proxy passes on words and stops`, async () => {
    await using running = await startScript(await prepareWithModel(name, 'server.js'), 'dev')
    await using browser = await launchBrowser()
    const { page, problems } = await openPage(browser, running.url)
    await ask(page, `Wait: ${QUESTION}`)
    await answerContains(page, SENTENCE)
    await page.click('text=Stop')
    await noteIs(page, 'Stopped')
    expect(await finishReasons(page)).toEqual(['abort'])
    await ask(page, QUESTION)
    await ended(page)
    expect(await page.locator('.answer').last().textContent()).toContain(SENTENCE)
    expect(problems).toEqual([])
  })
}

/** Asks a question by the keyboard. */
async function ask(page: Page, question: string): Promise<void> {
  await page.fill('[name=question]', question)
  await page.press('[name=question]', 'Enter')
}

/** Resolves when no answer is running any more. */
async function ended(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('article .answer:not(:empty)'))
  await page.waitForSelector('form button:enabled:has-text("Ask")')
}

function answerContains(page: Page, text: string): Promise<unknown> {
  return page.waitForFunction(
    (part) => [...document.querySelectorAll('.answer')].at(-1)?.textContent.includes(part),
    text,
  )
}

function noteIs(page: Page, text: string): Promise<unknown> {
  return page.waitForFunction(
    (note) => [...document.querySelectorAll('[role=status]')].at(-1)?.textContent === note,
    text,
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
