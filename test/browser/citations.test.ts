import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { faults } from '../../src/testing.ts'
import { contrasts } from './contrast.ts'
import { ask, ended, focused, QUESTION, sourcesOf, useServe } from './use-serve.ts'

const kit = useServe()

const OFF_TOPIC = 'Penguins huddle together against Antarctic blizzards [1].'

describe('a citation marker', () => {
  it('shows the exact cited passage, with the supporting sentence highlighted', async () => {
    const page = await kit.open()
    await ask(page, QUESTION)
    await ended(page)
    const marker = page.locator('.answer .marker').first()
    const number = Number((await marker.textContent())?.replace(/\D/g, ''))
    expect(await page.locator('#passage').isVisible()).toBe(false)
    await marker.hover()
    expect(await page.locator('#passage').isVisible()).toBe(true)
    const source = (await sourcesOf(page))[number - 1]?.text ?? ''
    const shown = (await page.locator('#passage .text').textContent()) ?? ''
    expect(wordsOf(shown).length).toBeGreaterThan(10)
    expect(wordsOf(source)).toEqual(expect.arrayContaining(wordsOf(shown)))
    const highlighted = (await page.locator('#passage mark').textContent()) ?? ''
    expect(shown.length).toBeGreaterThan(highlighted.length)
    // The built-in model quotes its sources.
    expect(await page.locator('.answer').textContent()).toContain(highlighted)
  })

  it('keeps the passage open while the pointer is on it, and closes it when the pointer leaves', async () => {
    const page = await kit.open()
    await ask(page, QUESTION)
    await ended(page)
    await page.locator('.marker').first().hover()
    await page.locator('#passage .text').hover()
    expect(await page.locator('#passage').isVisible()).toBe(true)
    await page.locator('#send').hover()
    expect(await page.locator('#passage').isVisible()).toBe(false)
  })

  it('opens and scrolls by the keyboard, returns the focus with Escape, and lets Tab continue', async () => {
    const page = await openAnswered('One [1] and two [2].')
    const isOpen = () => page.locator('#passage').isVisible()
    await page.locator('.marker').first().focus()
    expect(await isOpen()).toBe(true)
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe('.card')
    await page.keyboard.press('Escape')
    expect([await isOpen(), await focusedText(page)]).toEqual([false, '[1]'])
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect([await isOpen(), await focused(page)]).toEqual([true, '.out title'])
    await page.keyboard.press('Tab')
    expect([await isOpen(), await focusedText(page)]).toEqual([true, '[2]'])
    expect(await page.locator('#passage .number').textContent()).toBe('2')
    await page.keyboard.press('Tab')
    expect([await isOpen(), await focused(page)]).toEqual([false, 'button'])
  })

  it.each([360, 1280])('opens inside a window that is %i pixels wide, at any position', async (width) => {
    const words = 'A few words more [1], and more [2] of them '
    kit.upstream.use(faults.answer(words.repeat(6)))
    const page = await kit.openWithModel({ width })
    await ask(page, QUESTION)
    await ended(page)
    for (const marker of await page.locator('.marker').all()) {
      await marker.click()
      const box = await page.locator('.card').boundingBox()
      const room = await page.evaluate(() => [document.documentElement.clientWidth, innerHeight] as const)
      if (!box) throw new Error('The passage is not shown')
      expect(Math.min(box.x, box.y, room[0] - box.x - box.width, room[1] - box.y - box.height)).toBeGreaterThanOrEqual(
        0,
      )
      await page.keyboard.press('Escape')
    }
  })

  it('leaves the other sources behind a button, which still works when the answer has been rated', async () => {
    const page = await kit.open()
    await ask(page, QUESTION)
    await ended(page)
    await page.click('.icon.up')
    await page.waitForSelector('.up[aria-pressed=true]')
    for (const isOpen of [true, false, true]) {
      await page.click('.more')
      expect(await page.locator('#more-sources').isVisible()).toBe(isOpen)
      expect(await page.locator('.more').getAttribute('aria-expanded')).toBe(String(isOpen))
    }
    // Another rating draws it again.
    await page.click('.icon.up')
    await page.waitForSelector('.up[aria-pressed=false]')
    expect(await page.locator('#more-sources').isVisible()).toBe(true)
    expect(await page.locator('.more').getAttribute('aria-expanded')).toBe('true')
  })

  it('looks different, with an explanation in words, when its passage does not support the sentence', async () => {
    const unsupported = await openAnswered(OFF_TOPIC)
    const weak = await openAnswered(await alteredQuote(unsupported))
    expect(await unsupported.locator('.marker').getAttribute('title')).toBe('The passage does not cover this sentence.')
    expect(await weak.locator('.marker').getAttribute('title')).toBe('The passage covers this sentence only in part.')
    expect(await shapeOf(unsupported)).toEqual(['underline', 'wavy', '"!" / ""'])
    expect(await shapeOf(weak)).toEqual(['underline', 'dotted', '"?" / ""'])
    await weak.locator('.marker').focus()
    expect(await weak.locator('#passage .verdict').textContent()).toContain('It lacks the number “4711”.')
    await unsupported.locator('.marker').focus()
    expect(await unsupported.locator('#passage mark').count()).toBe(0)
  })

  it.each(['light', 'dark'] as const)(
    'has enough contrast in the %s scheme, and so has its passage',
    async (colorScheme) => {
      const unsupported = await openAnswered(OFF_TOPIC, colorScheme)
      const weak = await openAnswered(await alteredQuote(unsupported), colorScheme)
      const measured = []
      for (const page of [unsupported, weak]) {
        measured.push(...(await contrasts(page, ['.marker'])))
        await page.locator('.marker').focus()
        const parts = ['.marker', '#passage .number', '#passage .title', '#passage .verdict', '#passage .text']
        measured.push(...(await contrasts(page, parts)))
      }
      measured.push(...(await contrasts(weak, ['#passage mark'])))
      expect(measured).toHaveLength(13)
      expect(measured.filter(({ ratio }) => !(ratio >= 4.5))).toEqual([])
    },
  )
})

/** Opens a page on which the model has given this answer. */
async function openAnswered(answer: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  kit.upstream.use(faults.answer(answer))
  const page = await kit.openWithModel({ colorScheme })
  await ask(page, QUESTION)
  await ended(page)
  return page
}

/** Quotes the longest stretch of plain text in the sources, a sentence or a part of one, with a number that it lacks. */
async function alteredQuote(page: Page): Promise<string> {
  const stretches = (await sourcesOf(page)).flatMap(({ text: passage }, index) =>
    (passage.match(/[A-Za-z][^.|#`\n]{30,}/gu) ?? []).map((stretch) => ({
      stretch: stretch.trim(),
      number: index + 1,
    })),
  )
  const [longest] = stretches.toSorted((a, b) => b.stretch.length - a.stretch.length)
  if (!longest) throw new Error('There is no plain sentence in the sources')
  return `${longest.stretch} in 4711 ways [${longest.number}].`
}

/** Returns the style of the marker except its colour. */
function shapeOf(page: Page): Promise<readonly string[]> {
  return page.locator('.marker').evaluate((element) => {
    const { textDecorationLine, textDecorationStyle } = getComputedStyle(element)
    return [textDecorationLine, textDecorationStyle, getComputedStyle(element, '::after').content]
  })
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? []
}

function focusedText(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.textContent)
}
