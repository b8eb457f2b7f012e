import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { faults } from '../../src/testing.ts'
import { ask, ended, focused, QUESTION, sourcesOf, textOf, useServe } from './use-serve.ts'

const kit = useServe()

describe('the sources of an answer', () => {
  it('are one chip for each cited document, and the others come on demand', async () => {
    const page = await openAnswered('By a signal [1].')
    const documents = (await sourcesOf(page)).map(({ documentId }) => documentId)
    const [first = 0, second = 0] = documents.flatMap((documentId, index) =>
      documents.indexOf(documentId) !== documents.lastIndexOf(documentId) ? [index + 1] : [],
    )
    expect(documents[second - 1]).toBe(documents[first - 1])
    kit.upstream.use(faults.answer(`By a signal [${first}], as [${first}] and [${second}] say.`))
    await page.click('.again')
    await page.waitForSelector(`.turn:last-child[data-state=ended] .chip .number:text-is("${first}, ${second}")`)
    const chips = page.locator('.sources .chip:visible')
    expect(await chips.count()).toBe(1)
    expect(await chips.locator('.number').allTextContents()).toEqual([`${first}, ${second}`])
    expect(await page.locator('.more').textContent()).toMatch(/^\d more$/)
    await page.click('.more')
    expect(await page.locator('.more').getAttribute('aria-expanded')).toBe('true')
    expect(await chips.count()).toBeGreaterThan(1)
    await page.click('.chip button')
    expect(await page.locator('#passage .place .number').allTextContents()).toEqual([`${first}`, `${second}`])
    expect(await focused(page)).toBe('.card')
    await page.keyboard.press('Escape')
    expect(await page.locator('#passage').isVisible()).toBe(false)
  })

  it('are not shown before the answer has ended, when nothing but the status line is', async () => {
    kit.upstream.use(faults.stall({ deltas: ['By a signal [1].', ' And'] }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await page.waitForSelector('.marker')
    expect(await page.locator('.sources').isVisible()).toBe(false)
    await page.click('#stop')
    await page.waitForSelector('.sources .chip')
  })

  it('have a legend for the marks that the answer has, and for no others', async () => {
    const page = await openAnswered('Penguins huddle together against Antarctic blizzards [1].')
    expect(await textOf(page, '.legend')).toBe('[n] not supported')
    await ask(page, '企鹅在做什么？')
    await ended(page)
    const quoted = await kit.open()
    await ask(quoted, QUESTION)
    await ended(quoted)
    expect(await textOf(quoted, '.legend')).toBe('[n] supported')
  })

  it('are missing in an answer that cites none, which says so', async () => {
    const page = await openAnswered('By a signal.')
    expect(await textOf(page, '.warnings')).toBe('This answer cites no source: check it before you use it.')
    expect(await page.locator('.legend').isVisible()).toBe(false)
    expect(await page.locator('.more').textContent()).toBe('5 passages found')
  })
})

describe('the language', () => {
  it('of a turn is that of its question, in each of its parts', async () => {
    kit.upstream.use(faults.answer('企鹅在南极聚集在一起取暖 [1]。'))
    const page = await kit.openWithModel()
    await ask(page, '如何停止回答？')
    await ended(page)
    expect(await textOf(page, '.status')).toMatch(/^用时 \d+\.\d 秒$/)
    expect(await textOf(page, '.legend')).toBe('[n] 没有依据')
    expect(await page.locator('.copy').getAttribute('aria-label')).toBe('复制回答和来源')
    await page.locator('.marker').focus()
    expect(await page.locator('#passage .verdict').textContent()).toContain('原文不支持这句话。')
    kit.upstream.use(faults.unauthorized())
    await ask(page, QUESTION)
    await ended(page)
    expect(await textOf(page, '.status')).toBe('No answer')
    await page.reload()
    await ended(page)
    expect(await page.locator('.status').first().textContent()).toMatch(/^用时/)
  })

  it('of the frame is that of the browser', async () => {
    const page = await kit.open({ locale: 'zh-CN' })
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans')
    expect(await page.locator('#empty h2').textContent()).toBe('向文档提问')
    expect(await page.locator('#send').getAttribute('aria-label')).toBe('发送')
    await ask(page, QUESTION)
    await ended(page)
    expect(await textOf(page, '.status')).toMatch(/^Done in/)
    expect(await page.locator('.turn').getAttribute('lang')).toBe('en')
  })
})

describe('the buttons of an answer', () => {
  it('copy it with the list of its sources', async () => {
    const page = await openAnswered('By a **signal** [1].')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.click('.copy')
    await page.waitForFunction(() => document.querySelector('.note')?.textContent === 'Copied')
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toMatch(/^By a \*\*signal\*\* \[1\]\.\n\n\[1\] Stopping an answer.*$/)
  })

  it('answer again in its place', async () => {
    const page = await openAnswered('By a signal [1].')
    kit.upstream.use(faults.answer('By another one [1].'))
    await page.click('.again')
    await page.waitForFunction(() => document.querySelector('.answer')?.textContent === 'By another one [1].')
    await ended(page)
    await page.reload()
    await ended(page)
    expect(await page.locator('.answer').allTextContents()).toEqual(['By another one [1].'])
  })

  it('edit the last question, which Escape leaves as it was', async () => {
    const page = await openAnswered('By a signal [1].')
    await page.fill('#question', 'A draft')
    await edit(page)
    expect([await focused(page), await page.inputValue('#question')]).toEqual(['#question', QUESTION])
    expect(await page.locator('#editing').isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await page.inputValue('#question')).toBe('A draft')
    expect(await page.locator('#editing').isVisible()).toBe(false)

    await edit(page)
    kit.upstream.use(faults.answer('All of them [1].'))
    await ask(page, 'Which failures are retried?')
    await page.waitForFunction(() => document.querySelector('.answer')?.textContent === 'All of them [1].')
    await ended(page)
    await page.reload()
    await ended(page)
    expect(await page.locator('.question').allTextContents()).toEqual(['Which failures are retried?'])
  })

  it('rate it, with a comment, which a reload shows and a second press takes back', async () => {
    const page = await openAnswered('By a signal [1].')
    await page.click('.down')
    await page.waitForSelector('.down[aria-pressed=true]')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('comment')
    await page.keyboard.type('Too <b>short</b>\u001b[2J')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.comment:not(:visible)', { state: 'attached' })
    const lines = [await kit.modelServer.nextLine(), await kit.modelServer.nextLine()]
    expect(lines[0]).toBe(`Feedback down: "${QUESTION}"`)
    expect(lines[1]).toMatch(/^Feedback down: ".*" "Too <b>short<\/b>.*"$/)
    expect(lines[1]).not.toContain('\u001b')
    await page.reload()
    await ended(page)
    expect(await page.locator('.down').getAttribute('aria-pressed')).toBe('true')
    await page.click('.down')
    await page.waitForSelector('.down[aria-pressed=false]')
    expect(await kit.modelServer.nextLine()).toBe(`Feedback none: "${QUESTION}"`)
  })

  it('say so when the feedback could not be stored', async () => {
    const page = await openAnswered('By a signal [1].')
    await page.route('**/feedback', (route) => route.abort())
    await page.click('.up')
    await page.waitForFunction(() => document.querySelector('.note')?.textContent.includes('did not save'))
    expect(await page.locator('.up').getAttribute('aria-pressed')).toBe('false')
  })
})

/** Opens a page on which the model has given this answer. */
async function openAnswered(answer: string): Promise<Page> {
  kit.upstream.use(faults.answer(answer))
  const page = await kit.openWithModel({ tolerates: /ERR_FAILED/ })
  await ask(page, QUESTION)
  await ended(page)
  return page
}

async function edit(page: Page): Promise<void> {
  await page.locator('.question').hover()
  await page.click('.edit')
}
