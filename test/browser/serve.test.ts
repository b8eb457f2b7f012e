import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createGate, faults } from '../../src/testing.ts'
import { startServe } from '../cli/start-serve.ts'
import {
  answerContains,
  ask,
  ended,
  eventStream,
  focused,
  QUESTION,
  textOf,
  untilGivenUp,
  useServe,
} from './use-serve.ts'

const kit = useServe()

describe('an answer', () => {
  it.each([
    [QUESTION, 'en', /^Done in \d+\.\d s$/],
    ['出错时读者会看到什么？', 'zh-Hans', /^用时 \d+\.\d 秒$/],
  ])('to %j shows its status, then its text, then the sources that it cites', async (question, language, status) => {
    const page = await kit.open()
    await ask(page, question)
    await ended(page)
    expect(await page.locator('html').getAttribute('data-appeared')).toMatch(/^status (text |status )+sources/)
    expect(await page.locator('.sources .chip:visible').count()).toBe(1)
    expect(await textOf(page, '.status')).toMatch(status)
    const answer = page.locator('.answer')
    expect(await answer.evaluate((element) => element.closest('[lang]')?.getAttribute('lang'))).toBe(language)
  })

  it('grows with each token of the model', async () => {
    const gate = createGate()
    kit.upstream.use(faults.answer(['By a', ' signal [', '1', '], or [99].'], { gate }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await page.waitForSelector('.turn[data-state=writing]')
    expect(await textOf(page, '.status')).toBe('Writing…')
    for (const text of ['By a', 'By a signal ', 'By a signal ', 'By a signal [1], or [99].']) {
      gate.release()
      await page.waitForFunction((expected) => document.querySelector('.answer')?.textContent === expected, text)
    }
    await ended(page)
    expect(await page.locator('.answer .marker').allTextContents()).toEqual(['[1]'])
  })

  it('is shown as text, never as markup', async () => {
    const markup = '<img src=x onerror="alert(1)"> <b>bold</b>'
    kit.upstream.use(faults.answer(markup))
    const page = await kit.openWithModel()
    await ask(page, 'How do I stop an <b>answer</b>?')
    await ended(page)
    expect(await page.locator('.question').textContent()).toBe('How do I stop an <b>answer</b>?')
    expect(await textOf(page, '.answer')).toBe(markup)
    expect(await page.locator('#threads a .title').textContent()).toBe('How do I stop an <b>answer</b>?')
    expect(await page.locator(':is(.turn, #threads) :is(img, b)').count()).toBe(0)
  })

  it('shows code between backticks as code, without citations', async () => {
    kit.upstream.use(faults.answer(['Pass a `sig', 'nal`, not `list[1]`', ' [1].']))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await ended(page)
    expect(await page.locator('.answer code').allTextContents()).toEqual(['signal', 'list[1]'])
    expect(await page.locator('.answer .marker').allTextContents()).toEqual(['[1]'])
    expect(await textOf(page, '.answer')).toBe('Pass a signal, not list[1] [1].')
  })

  it('is announced when it is complete, not token by token', async () => {
    kit.upstream.use(faults.answer('One two three four five six seven eight nine ten.'))
    const page = await kit.openWithModel()
    await page.evaluate(() => {
      const announcer = document.querySelector('#announcer')
      if (!announcer) throw new Error('The page has no announcer')
      new MutationObserver((records) => {
        announcer.ariaDescription = String(Number(announcer.ariaDescription ?? 0) + records.length)
      }).observe(announcer, { childList: true, characterData: true })
    })
    await ask(page, QUESTION)
    await ended(page)
    const announcer = page.locator('#announcer')
    expect(await announcer.textContent()).toMatch(/^Done in .* One two three four five six seven eight nine ten\.$/)
    expect(Number(await announcer.getAttribute('aria-description'))).toBeLessThanOrEqual(4)
  })
})

describe('stopping', () => {
  it.each([
    ['the stop button', (page: Page) => page.click('#stop')],
    ['Escape', (page: Page) => page.keyboard.press('Escape')],
  ])('with %s closes the connection to the model and keeps the text', async (_, stop) => {
    const index = kit.upstream.hits.length
    kit.upstream.use(faults.stall({ deltas: ['Hello', ' world'] }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await answerContains(page, 'Hello world')
    const hit = await kit.upstream.hit(index)
    expect(hit.closedAt).toBeUndefined()
    await stop(page)
    expect(await hit.closed).toBe('client')
    await ended(page)
    expect(await textOf(page, '.status')).toBe('Stopped')
    expect(await textOf(page, '.answer')).toBe('Hello world')
    expect(await page.locator('#send').isVisible()).toBe(true)
  })
})

describe('a failure', () => {
  it('shows the safe sentence, and can be asked again in its place', async () => {
    kit.upstream.use(faults.errorInStream({ deltas: ['Hello'], message: 'sk-secret' }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await ended(page)
    const failure = page.locator('.failure p')
    expect(await failure.textContent()).toBe('The model could not be reached.')
    expect(await textOf(page, '.answer')).toBe('Hello')
    kit.upstream.use(faults.answer('By a signal [1].'))
    await page.click('text=Ask again')
    await answerContains(page, 'By a signal [1].')
    expect(await page.locator('.turn').count()).toBe(1)
    expect(await focused(page)).toBe('#question')
  })

  it('is shown when the connection to the page breaks permanently', async () => {
    kit.upstream.use(faults.stall({ deltas: ['Hello'] }))
    const dying = await startServe({ env: { OPENAI_BASE_URL: kit.upstream.baseURL } })
    const page = await kit.openAt(dying)
    await ask(page, QUESTION)
    await answerContains(page, 'Hello')
    await page.clock.install()
    await dying.stop('SIGKILL')
    await page.waitForFunction(() => document.querySelector('.status')?.textContent.includes('Connecting again'))
    await untilGivenUp(page)
    expect(await textOf(page, '.failure p')).toBe('The connection broke before the answer was complete.')
    await page.click('.failure button:text("Try again")')
    expect(await focused(page)).toBe('#question')
    await page.waitForFunction(() => document.querySelector('.status')?.textContent.includes('Connecting again'))
    await untilGivenUp(page)
    expect(await textOf(page, '.failure p')).toBe('The connection broke before the answer was complete.')
  })

  it('is shown when a stream ends without its last event, and the run is unknown', async () => {
    const page = await kit.open({ tolerates: /404|410/ })
    await page.route('**/chat', (route) =>
      route.fulfill(eventStream({ type: 'token', delta: 'Hello', seq: 0 }, { type: 'news', seq: 1 })),
    )
    await ask(page, QUESTION)
    await ended(page)
    expect(await textOf(page, '.answer')).toBe('Hello')
    expect(await textOf(page, '.failure p')).toBe('The server no longer has this answer.')
  })
})
