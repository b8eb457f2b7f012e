import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createGate, faults } from '../../src/testing.ts'
import { startServe } from '../cli/start-serve.ts'
import { answerContains, ask, ended, focused, QUESTION, textOf, useServe } from './use-serve.ts'

const kit = useServe()

const FOLLOW_UP = 'And what does the reader see then?'
const QUERY = 'What does the reader see after an answer was stopped?'

describe('a conversation', () => {
  it('retrieves with the condensed question of a follow-up, and shows that question', async () => {
    const page = await openWithTwoTurns()
    expect(await page.locator('.query').first().isVisible()).toBe(false)
    expect(await textOf(page, '.query')).toBe(`Searched for: ${QUERY}`)
    expect(await page.locator('.turn:last-child .query').isVisible()).toBe(true)
    expect(JSON.stringify(kit.upstream.hits.at(-1)?.body)).toContain(QUESTION)
  })

  it('looks the same after a reload as during the stream, and can be continued', async () => {
    const page = await openWithTwoTurns()
    const live = await page.locator('#turns').innerHTML()
    expect(live).toContain('data-support')
    await page.reload()
    await ended(page)
    expect(await page.locator('.turn').count()).toBe(2)
    expect(await page.locator('#turns').innerHTML()).toBe(live)
    await page.locator('.marker').first().focus()
    expect(await page.locator('#passage .text').textContent()).not.toBe('')
    await ask(page, 'And after that?')
    await ended(page)
    await page.reload()
    await ended(page)
    expect(await page.locator('.question').allTextContents()).toEqual([QUESTION, FOLLOW_UP, 'And after that?'])
  })

  it('keeps a stopped answer as it was', async () => {
    kit.upstream.use(faults.stall({ deltas: ['Hello', ' world [1] and'] }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await page.waitForSelector('.marker')
    await page.click('#stop')
    await ended(page)
    await page.reload()
    await ended(page)
    expect(await textOf(page, '.answer')).toBe('Hello world [1] and')
    expect(await textOf(page, '.status')).toBe('Stopped')
  })

  it('shows a failed answer until it is asked again', async () => {
    kit.upstream.use(faults.errorInStream({ deltas: ['Hello'] }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await ended(page)
    await page.reload()
    await ended(page)
    expect(await textOf(page, '.answer')).toBe('Hello')
    expect(await textOf(page, '.failure p')).toBe('The model could not be reached.')
    kit.upstream.use(faults.answer('By a signal [1].'))
    await page.click('text=Ask again')
    await page.waitForSelector('.marker')
    await page.reload()
    await ended(page)
    expect(await page.locator('.answer').allTextContents()).toEqual(['By a signal [1].'])
  })

  it("is replaced by a new one, and returns with the browser's back button", async () => {
    const page = await openWithTwoTurns()
    const first = page.url()
    await page.click('#new')
    expect(await page.locator('.turn').count()).toBe(0)
    expect(await page.locator('#empty').isVisible()).toBe(true)
    expect(await page.locator('#new').isVisible()).toBe(false)
    expect(await focused(page)).toBe('#question')
    kit.upstream.use(faults.answer('Another [1].'))
    await ask(page, QUESTION)
    await ended(page)
    expect(page.url()).not.toBe(first)
    expect(await page.locator('.query').isVisible()).toBe(false)
    await page.goBack()
    await page.waitForFunction(() => document.querySelectorAll('.turn').length === 2)
    expect(page.url()).toBe(first)
  })

  it('continues an answer in progress when another conversation is opened, and shows it on return', async () => {
    const index = kit.upstream.hits.length
    const gate = createGate()
    kit.upstream.use(faults.answer(['Hello', ' world [1].'], { gate }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    gate.release()
    await answerContains(page, 'Hello')
    await page.click('#new')
    await page.waitForSelector('#send:visible')
    expect(await page.locator('.turn').count()).toBe(0)
    await page.click('#threads a:has(.running:visible)')
    await answerContains(page, 'Hello')
    gate.open()
    await ended(page)
    expect(await textOf(page, '.answer')).toBe('Hello world [1].')
    expect(kit.upstream.hits).toHaveLength(index + 1)
  })

  it('stops an answer in progress when another conversation is opened and continuing is turned off', async () => {
    const index = kit.upstream.hits.length
    kit.upstream.use(faults.stall({ deltas: ['Hello'] }))
    const server = await startServe({
      args: ['--continue-ms', '0'],
      env: { OPENAI_BASE_URL: kit.upstream.baseURL },
    })
    const page = await kit.openAt(server)
    await ask(page, QUESTION)
    await page.waitForSelector('.turn[data-state=writing]')
    await page.click('#new')
    expect(await (await kit.upstream.hit(index)).closed).toBe('client')
    await page.waitForSelector('#send:visible')
    expect(await page.locator('.turn').count()).toBe(0)
    await server.stop()
  })

  it('is not shown in another browser, which starts with a new one', async () => {
    const page = await openWithTwoTurns()
    const other = await kit.openWithModel({ tolerates: /404/ })
    await other.goto(page.url())
    await other.reload()
    await other.waitForSelector('#empty:visible')
    expect(await other.locator('.turn').count()).toBe(0)
    await other.waitForFunction(() => location.hash === '')
  })

  it('reports that it cannot be loaded', async () => {
    const page = await openWithTwoTurns()
    await page.route('**/threads/*', (route) => route.fulfill({ status: 200, body: 'no JSON' }))
    await page.reload()
    await page.waitForSelector('#notice:visible')
    await page.unroute('**/threads/*')
    await page.reload()
    await ended(page)
    expect(await page.locator('.turn').count()).toBe(2)
    expect(await page.locator('#notice').isVisible()).toBe(false)
  })
})

/** Opens a page with an answered question and an answered follow-up. */
async function openWithTwoTurns(): Promise<Page> {
  const page = await kit.openWithModel()
  kit.upstream.enqueue([
    faults.answer('Penguins huddle together [1]. By a `signal` [2], or [99].'),
    faults.answer(QUERY),
    faults.answer('The text so far [1, 2].'),
  ])
  await ask(page, QUESTION)
  await ended(page)
  await ask(page, FOLLOW_UP)
  await ended(page)
  return page
}
