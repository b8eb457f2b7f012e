import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createGate, faults } from '../../src/testing.ts'
import { contrasts } from './contrast.ts'
import { answerContains, ask, ended, focused, QUESTION, useServe } from './use-serve.ts'

const kit = useServe()

const OTHER = 'Which failures are retried?'

describe('the list of conversations', () => {
  it('shows the most recent first, marks the open one, and opens another', async () => {
    const page = await openWithTwoThreads()
    expect(await titles(page)).toEqual([OTHER, QUESTION])
    expect(await page.locator('#threads [aria-current=page]').textContent()).toContain(OTHER)
    await page.click(`#threads a:has-text("${QUESTION}")`)
    await page.waitForFunction((text) => document.querySelector('.question')?.textContent === text, QUESTION)
    expect(await page.locator('.turn').count()).toBe(1)
    await page.waitForSelector(`#threads [aria-current=page]:has-text("${QUESTION}")`)
    await ask(page, 'And what then?')
    await ended(page)
    await page.waitForFunction((text) => document.querySelector('#threads .title')?.textContent === text, QUESTION)
    expect(await titles(page)).toEqual([QUESTION, OTHER])
    await page.reload()
    await ended(page)
    expect(await page.locator('.question').allTextContents()).toEqual([QUESTION, 'And what then?'])
  })

  it('deletes a conversation permanently, after a confirmation', async () => {
    const page = await openWithTwoThreads()
    const dialog = page.getByRole('dialog', { name: 'Delete this conversation?' })
    await page.click(`#threads [aria-label="Delete “${QUESTION}”"]`)
    expect(await dialog.locator('.title').textContent()).toBe(QUESTION)
    await page.keyboard.press('Escape')
    expect(await dialog.isVisible()).toBe(false)
    expect(await focused(page)).toBe('.icon delete')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Keep it')
    await page.keyboard.press('Enter')
    expect(await titles(page)).toEqual([OTHER, QUESTION])

    await page.click(`#threads [aria-label="Delete “${QUESTION}”"]`)
    await dialog.locator('text=Delete').last().click()
    await page.waitForFunction(() => document.querySelectorAll('#threads li').length === 1)
    expect(await titles(page)).toEqual([OTHER])
    expect(await focused(page)).toBe('a')
    expect(await page.locator('.question').textContent()).toBe(OTHER)
  })

  it('opens a new conversation when the open one is deleted', async () => {
    const page = await openWithTwoThreads()
    await page.click(`#threads [aria-label="Delete “${OTHER}”"]`)
    await page.click('dialog [value=delete]')
    await page.waitForSelector('#empty:visible')
    expect(new URL(page.url()).hash).toBe('')
    expect(await focused(page)).toBe('#question')
    await page.waitForFunction(() => document.querySelectorAll('#threads li').length === 1)
    expect(await titles(page)).toEqual([QUESTION])
    await page.goBack()
    await page.waitForSelector('.turn')
    expect(await page.locator('.question').textContent()).toBe(QUESTION)
  })

  it('shows the changes of another tab when the tab is shown again', async () => {
    const page = await openWithTwoThreads()
    const other = await kit.openTab(page)
    await other.click('#new')
    await ask(other, 'What happens to a slow reader?')
    await ended(other)
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await page.waitForFunction(() => document.querySelectorAll('#threads li').length === 3)
    expect(await titles(page)).toEqual(await titles(other))
  })

  it('searches while another answer is running', async () => {
    const gate = createGate()
    kit.upstream.enqueue([faults.answer('First.'), faults.answer(['Slow ', 'answer.'], { gate })])
    const page = await kit.openWithModel()
    await ask(page, OTHER)
    await ended(page)
    await page.click('#new')
    await ask(page, QUESTION)
    await gate.reached()
    await page.click(`#threads a:has-text("${OTHER}")`)
    await page.waitForSelector('#threads .running:visible')
    await page.fill('#threads .search', 'failures')
    // The store is drawn again before the search begins, as it is at each frame of an answer.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await page.waitForFunction(() => document.querySelectorAll('#threads li').length === 1)
    expect(await titles(page)).toEqual([OTHER])
    gate.open()
  })

  it('shows older ones on demand', async () => {
    const page = await kit.open()
    const threadOf = (threadId: string) => ({ threadId, title: `About ${threadId}`, turns: 1, updatedAt: 0 })
    await page.route('**/threads?*', (route) => {
      const isFirst = new URL(route.request().url()).searchParams.get('before') === null
      return route.fulfill({
        json: isFirst ? { threads: [threadOf('b')], before: 'b' } : { threads: [threadOf('a')] },
      })
    })
    await page.reload()
    await page.click('text=Show older ones')
    await page.waitForFunction(() => document.querySelectorAll('#threads li').length === 2)
    expect(await titles(page)).toEqual(['About b', 'About a'])
    expect(await page.locator('text=Show older ones').isVisible()).toBe(false)
  })

  it('shows a turn that another tab asks, while it is being answered', async () => {
    const page = await kit.openWithModel()
    kit.upstream.use(faults.answer('By a signal [1].'))
    await ask(page, QUESTION)
    await ended(page)
    const other = await kit.openTab(page)
    await ended(other)
    kit.upstream.enqueue([faults.answer(OTHER), faults.stall({ deltas: ['Hello'] })])
    await ask(page, OTHER)
    await answerContains(other, 'Hello')
    expect(await other.locator('.question').allTextContents()).toEqual([QUESTION, OTHER])
    await other.click('#stop')
    await ended(page)
    await ended(other)
  })

  it('renames a conversation, for other tabs too', async () => {
    const page = await openWithTwoThreads()
    await page.locator('#threads li').first().hover()
    await page.locator('.rename').first().click()
    expect(await page.inputValue('#renaming input')).toBe(OTHER)
    await page.keyboard.press('Escape')
    expect(await titles(page)).toEqual([OTHER, QUESTION])
    await page.locator('.rename').first().click()
    await page.keyboard.type('Retries <b>')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('#threads .title')?.textContent === 'Retries <b>')
    await page.reload()
    await page.waitForSelector('#threads li')
    expect(await titles(page)).toEqual(['Retries <b>', QUESTION])
  })

  it('finds conversations by their words', async () => {
    const page = await openWithTwoThreads()
    await page.fill('.search', 'RETRIED')
    await page.waitForFunction(() => document.querySelectorAll('#threads li').length === 1)
    expect(await titles(page)).toEqual([OTHER])
    await page.fill('.search', 'quokka')
    await page.waitForSelector('text=No conversation has these words.')
    await page.fill('.search', '')
    await page.waitForFunction(() => document.querySelectorAll('#threads li').length === 2)
  })

  it('is behind a button on a narrow page', async () => {
    const page = await openWithTwoThreads(360)
    expect(await page.locator('#threads').isVisible()).toBe(false)
    await page.click('#toggle')
    expect(await page.locator('#threads').isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await page.locator('#threads').isVisible()).toBe(false)
    expect(await focused(page)).toBe('#toggle')
    await page.keyboard.press('Enter')
    // The search, three controls of the first conversation, and the second one.
    for (let presses = 0; presses < 5; presses++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForFunction((text) => document.querySelector('.question')?.textContent === text, QUESTION)
    expect(await page.locator('#threads').isVisible()).toBe(false)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  })

  it('dims the whole page behind it', async () => {
    const page = await kit.open({ width: 768 })
    await page.click('#toggle')
    const { overflow, width } = await page.evaluate(() => {
      return {
        overflow: getComputedStyle(document.documentElement).overflowY,
        width: document.documentElement.clientWidth,
      }
    })
    expect({ overflow, width }).toEqual({ overflow: 'hidden', width: 768 })
  })

  it('asks for a confirmation on a narrow page too, and stays open', async () => {
    const page = await openWithTwoThreads(360)
    await page.click('#toggle')
    await page.click(`#threads [aria-label="Delete “${QUESTION}”"]`)
    await page.click('dialog [value=delete]')
    await page.waitForFunction(() => document.querySelectorAll('#threads li').length === 1)
    expect(await page.locator('#threads').isVisible()).toBe(true)
  })

  it('reports that it cannot be loaded', async () => {
    const page = await openWithTwoThreads()
    await page.route('**/threads?*', (route) => route.fulfill({ status: 200, body: 'no JSON' }))
    await page.reload()
    await page.waitForSelector('#threads .problem:visible')
    await page.unroute('**/threads?*')
    await page.reload()
    await page.waitForSelector('#threads li')
    expect(await page.locator('#threads .problem').isVisible()).toBe(false)
  })

  it.each(['light', 'dark'] as const)(
    'has enough contrast in the %s scheme, and so has its confirmation',
    async (colorScheme) => {
      const page = await openWithTwoThreads(1280, colorScheme)
      const listed = await contrasts(page, ['#threads [aria-current]', '#threads a:not([aria-current])', '.delete'])
      await page.locator('.delete').first().click()
      const parts = ['dialog h2', 'dialog .title', 'dialog p:not(.title)', '[value=keep]', '[value=delete]']
      const measured = [...listed, ...(await contrasts(page, parts))]
      expect(measured).toHaveLength(8)
      expect(measured.filter(({ ratio }) => !(ratio >= 4.5))).toEqual([])
    },
  )
})

/** Opens a page with two conversations; the second one is open. */
async function openWithTwoThreads(width = 1280, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await kit.open({ width, colorScheme })
  await ask(page, QUESTION)
  await ended(page)
  await page.click('#new')
  await ask(page, OTHER)
  await ended(page)
  await page.waitForFunction(() => document.querySelectorAll('#threads li').length === 2)
  return page
}

function titles(page: Page): Promise<readonly string[]> {
  return page.locator('#threads a .title').allTextContents()
}
