import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { faults } from '../../src/testing.ts'
import { ask, ended, QUESTION, useServe } from '../browser/use-serve.ts'

const kit = useServe()

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const ANSWER = `## Two ways

Press **stop** [1], or leave [2]:

| way | kept |
| --- | --- |
| button | the text [1] |

\`\`\`ts
const stop = new AbortController()
\`\`\`

> Penguins huddle together in [2] 4711 ways.`

const THEMES = ['light', 'dark'] as const
const VIEWS = [360, 480, 768, 1280].flatMap((width) => THEMES.map((colorScheme) => ({ width, colorScheme })))

describe('the page', () => {
  it.each(VIEWS)('has no fault that axe finds, in any state, at %j', async (view) => {
    const page = await kit.openWithModel(view)
    await page.waitForSelector('#empty:visible')
    expect(await violations(page), 'at the start').toEqual([])

    kit.upstream.use(faults.answer(ANSWER))
    await ask(page, QUESTION)
    await ended(page)
    await page.click('.more')
    expect(await violations(page), 'with an answer').toEqual([])
    await page.locator('.marker').last().click()
    expect(await violations(page), 'with a passage').toEqual([])
    await page.keyboard.press('Escape')
    await page.click('.down')
    await page.waitForSelector('.comment:visible')
    await page.locator('.question').hover()
    await page.click('.edit')
    expect(await violations(page), 'with a comment and an edited question').toEqual([])

    kit.upstream.use(faults.unauthorized())
    await page.fill('#question', '如何停止回答？')
    await page.press('#question', 'Enter')
    await page.waitForSelector('.failure:visible')
    expect(await violations(page), 'with a failure').toEqual([])

    if (view.width < 1024) await page.click('#toggle')
    expect(await violations(page), 'with the conversations').toEqual([])
    await page.locator('#threads li').hover()
    await page.click('.rename')
    expect(await violations(page), 'with a dialog').toEqual([])
  })
})

/** Returns the faults of the page as it is now, each with the first element that has it. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  return page.evaluate(async () => {
    const { violations: found }: { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] } =
      await Reflect.get(globalThis, 'axe').run()
    return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)
  })
}
