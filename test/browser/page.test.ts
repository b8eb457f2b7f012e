import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createGate, faults } from '../../src/testing.ts'
import { contrasts } from './contrast.ts'
import { answerContains, ask, ended, focused, QUESTION, useServe } from './use-serve.ts'

const kit = useServe()

describe('the keyboard', () => {
  it('reaches all controls in reading order', async () => {
    kit.upstream.use(faults.answer('By a signal [1], as [1] says.'))
    const page = await kit.openWithModel()
    const chips = await page.locator('#empty button').allTextContents()
    expect(await focused(page)).toBe('#question')
    for (const chip of chips.toReversed()) {
      await page.keyboard.press('Shift+Tab')
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(chip)
    }
    await page.keyboard.press('Enter')
    await ended(page)
    expect(await focused(page)).toBe('#question')

    await page.click('h1')
    const list = ['.search', 'a', '.icon rename', '.icon delete']
    const actions = ['.icon copy', '.icon again', '.icon up', '.icon down']
    const turn = ['.icon edit', '.marker', '.marker', 'button', '.out', '.more', ...actions]
    for (const stop of ['#new', ...list, ...turn, '#question', '#send']) {
      await page.keyboard.press('Tab')
      expect(await focused(page)).toBe(stop)
    }
  })

  it('reaches the stop button from the input while an answer is in progress, and returns to the input', async () => {
    kit.upstream.use(faults.stall())
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await page.waitForSelector('.turn[data-state=writing]')
    expect(await focused(page)).toBe('#question')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('#stop')
    await page.keyboard.press('Enter')
    await ended(page)
    expect(await focused(page)).toBe('#question')
  })

  it('shows the focused element', async () => {
    const page = await kit.open()
    for (const key of ['Tab', 'Shift+Tab', 'Shift+Tab']) {
      const width = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body)
        return outlineStyle === 'solid' ? Number.parseFloat(outlineWidth) : 0
      })
      expect(width).toBeGreaterThanOrEqual(2)
      await page.keyboard.press(key)
    }
  })

  it('sends with Enter, but not with Shift+Enter, and not during text composition', async () => {
    const page = await kit.open()
    await page.fill('#question', 'Line 1')
    await page.press('#question', 'Shift+Enter')
    await page.locator('#question').evaluate((element) => {
      element.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }),
      )
    })
    expect(await page.inputValue('#question')).toBe('Line 1\n')
    expect(await page.locator('.turn').count()).toBe(0)
    await page.press('#question', 'Enter')
    expect(await page.locator('.turn .question').textContent()).toBe('Line 1')
  })
})

describe('the layout', () => {
  it.each(['light', 'dark'] as const)('has enough contrast in the %s scheme', async (colorScheme) => {
    const page = await kit.openWithModel({ colorScheme })
    const empty = [
      'h1',
      'header p',
      '#empty h2',
      '#empty p',
      '#empty button',
      '#question',
      '#question::placeholder',
      '#send',
      '#threads h2',
      '#threads .none',
    ]
    const atStart = await contrasts(page, empty)
    kit.upstream.use(faults.answer('By a signal [1].'))
    await ask(page, QUESTION)
    await ended(page)
    await page.waitForSelector('#threads a')
    const parts = [
      '#new',
      '#threads a',
      '.delete',
      '.question',
      '.status',
      '.chip .number',
      '.chip .title',
      '.more',
      '.legend',
      '.answer',
      '.marker',
    ]
    const answered = await contrasts(page, parts)
    kit.upstream.use(faults.unauthorized())
    await ask(page, QUESTION)
    await ended(page)
    const failed = await contrasts(page, ['.turn:last-child .failure p', '.turn:last-child .failure button'])
    const all = [...atStart, ...answered, ...failed]
    expect(all).toHaveLength(23)
    expect(all.filter(({ ratio }) => !(ratio >= 4.5))).toEqual([])
  })

  it.each([360, 1280])('fits a width of %i pixels, and is stable while the text grows', async (width) => {
    const gate = createGate()
    const line = `A line of an answer that is long enough to fill the screen from side to side [1].${'\n\n'}`
    kit.upstream.use(
      faults.answer(
        Array.from({ length: 12 }, () => line),
        { gate },
      ),
    )
    const page = await kit.openWithModel({ width })
    await ask(page, QUESTION)
    await page.waitForSelector('.turn[data-state=writing]')
    await watchLayoutShifts(page)
    for (let count = 1; count <= 12; count++) {
      gate.release()
      await page.waitForFunction((expected) => document.querySelectorAll('.marker').length === expected, count)
    }
    await ended(page)
    await nextFrame(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    expect(await page.locator('html').getAttribute('data-shifted')).toBeNull()
    expect(await distanceToEnd(page)).toBeLessThan(2)
  })

  it.each([360, 480, 640, 768, 900, 1280])('has a head of one row at a width of %i pixels', async (width) => {
    const page = await kit.open({ width })
    await ask(page, QUESTION)
    await ended(page)
    const boxes = await page.locator('header > *:visible').evaluateAll((elements) =>
      elements.map((element) => {
        const { top, bottom, right } = element.getBoundingClientRect()
        return { middle: (top + bottom) / 2, right }
      }),
    )
    expect(boxes.length).toBeGreaterThanOrEqual(3)
    expect(boxes.filter(({ middle, right }) => Math.abs(middle - 28) > 2 || right > width)).toEqual([])
  })

  it('keeps the question in view on a phone, while its answer scrolls below it', async () => {
    kit.upstream.use(faults.answer('A paragraph of the answer [1].\n\n'.repeat(40)))
    const page = await kit.openWithModel({ width: 360 })
    await ask(page, QUESTION)
    await ended(page)
    await page.waitForFunction(() => scrollY > 500)
    const box = await page.locator('.question').boundingBox()
    expect(box?.y).toBeGreaterThanOrEqual(56)
    expect(box?.y).toBeLessThan(80)
    await page.locator('.marker').nth(20).focus()
    const [top, head] = await page.evaluate(() => {
      const bottom = document.querySelector('.question')?.getBoundingClientRect().bottom
      return [document.activeElement?.getBoundingClientRect().top, bottom]
    })
    expect(top).toBeGreaterThan(head ?? Infinity)
  })

  it('keeps the scroll position of a reader, and follows the text again from its end', async () => {
    const gate = createGate()
    kit.upstream.use(faults.answer(['Line\n\n'.repeat(60), 'More\n\n'.repeat(20), 'Last\n\n'.repeat(20)], { gate }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    gate.release()
    await answerContains(page, 'Line')
    await page.waitForFunction(() => scrollY > 500)
    await page.mouse.wheel(0, -400)
    await page.waitForFunction(() => scrollY + innerHeight < document.documentElement.scrollHeight - 300)
    const before = await distanceToEnd(page)
    gate.release()
    await answerContains(page, 'More')
    await nextFrame(page)
    expect(await distanceToEnd(page)).toBeGreaterThan(before)
    await page.mouse.wheel(0, 10_000)
    await page.waitForFunction(() => document.documentElement.scrollHeight - innerHeight - scrollY < 2)
    gate.open()
    await ended(page)
    await nextFrame(page)
    expect(await distanceToEnd(page)).toBeLessThan(2)
  })
})

/** Writes to `data-shifted` which elements have moved. The caret after the text may move. */
function watchLayoutShifts(page: Page): Promise<void> {
  return page.evaluate(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const sources: readonly { readonly node?: Node }[] =
          'sources' in entry && Array.isArray(entry.sources) ? entry.sources : []
        const nodes = sources.flatMap(({ node }) => node?.nodeName ?? [])
        if (nodes.length > 0) document.documentElement.dataset['shifted'] = nodes.join(' ')
      }
    }).observe({ type: 'layout-shift' })
  })
}

function nextFrame(page: Page): Promise<void> {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
  })
}

function distanceToEnd(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollHeight - innerHeight - scrollY)
}
