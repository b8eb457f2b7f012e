import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startServe } from '../cli/start-serve.ts'
import { contrasts } from './contrast.ts'
import { ask, ended, QUESTION, textOf, useServe } from './use-serve.ts'

const kit = useServe()

describe('a source', () => {
  it('shows its section and its page, in the language of the question, and opens there', async () => {
    const page = await kit.open()
    await ask(page, 'What is ragwire?')
    await ended(page)
    expect(await textOf(page, '.sources ul:first-child .section')).toBe('What ragwire is')
    expect(await textOf(page, '.sources ul:first-child .pages')).toBe('p. 1')
    await page.locator('.marker').first().hover()
    expect(await page.locator('#passage .place').textContent()).toBe('What ragwire is › p. 1')
    // The headings are above it already.
    expect(await page.locator('#passage .text').textContent()).toMatch(/^\s*Ragwire is a library/)
    const address = `${new URL(page.url()).origin}/documents/examples/demo/handbook.pdf#page=1`
    expect(await page.locator('#passage a.title').getAttribute('href')).toBe(address)
    expect(await page.locator('.chip a.out').first().getAttribute('href')).toBe(address)
    await ask(page, 'ragwire 是什么？')
    await ended(page)
    expect(await page.locator('.turn:last-child .pages').first().textContent()).toBe('第 1 页')
  })

  it('opens in a new tab at its words', async () => {
    const page = await kit.open()
    await ask(page, QUESTION)
    await ended(page)
    const opening = page.context().waitForEvent('page')
    await page.locator('.turn:last-child .chip:has-text("Stopping an answer") a.out').first().click()
    const opened = await opening
    expect(new URL(opened.url()).pathname).toBe('/documents/docs/guides/stopping.md')
    expect(await opened.locator('body').innerText()).toContain('# Stopping an answer')
  })
})

describe('a source of an earlier answer', () => {
  let folder: string
  let call: { readonly docs: string; readonly data: string }
  const pathOf = (name: string) => join(folder, 'documents', name)

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serve-page-'))
    call = { docs: join(folder, 'documents'), data: join(folder, 'data') }
    await mkdir(call.docs)
    await copyFile('docs/guides/stopping.md', pathOf('stopping.md'))
    await writeFile(pathOf('coffee.md'), '# Coffee\n\nCoffee is brewed at 92 °C.')
    await writeFile(pathOf('juice.md'), '# Juice\n\nJuice is kept at 5 °C.')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it.each([
    [QUESTION, ['changed'], 'The document has changed since this answer. It no longer has this passage.'],
    ['How cold is juice kept?', ['gone'], 'The document is no longer there.'],
    ['How hot is coffee brewed?', ['moved'], 'This passage now stands at another place of the document.'],
  ])('says after a restart that it is not as it was: %s', async (question, states, sentence) => {
    const first = await startServe(call)
    const page = await kit.openAt(first)
    await ask(page, question)
    await ended(page)
    expect(await page.locator('.state').count()).toBe(0)
    await first.stop()

    const text = await readFile(pathOf('stopping.md'), 'utf8')
    await writeFile(pathOf('stopping.md'), text.replaceAll(/[Aa]n answer/g, 'a run'))
    await writeFile(pathOf('coffee.md'), '# Drinks\n\nAll of them.\n\n# Coffee\n\nCoffee is brewed at 92 °C.')
    await rm(pathOf('juice.md'))
    const second = await startServe(call)
    await page.goto(second.url + '/' + new URL(page.url()).hash)
    await ended(page)
    expect(await page.locator('.sources ul:first-child .state').allTextContents()).toEqual(states)
    await page.locator('.marker').first().hover()
    expect(await page.locator('#passage .state').textContent()).toBe(sentence)
    const measured = await contrasts(page, ['.chip .state', '#passage .state'])
    expect(measured.filter(({ ratio }) => !(ratio >= 4.5))).toEqual([])
    // The address of the answer has the port of the first server.
    expect(await page.locator('#passage a.title').getAttribute('href')).toContain(`${second.url}/documents/`)
    await second.stop()
  })

  it('names its state in the language of the question', async () => {
    await writeFile(pathOf('tea.md'), '# 绿茶\n\n绿茶用八十度的水冲泡。')
    const first = await startServe(call)
    const page = await kit.openAt(first)
    await ask(page, '绿茶用多少度的水冲泡？')
    await ended(page)
    await first.stop()
    await rm(pathOf('tea.md'))
    const second = await startServe(call)
    await page.goto(second.url + '/' + new URL(page.url()).hash)
    await ended(page)
    expect(await textOf(page, '.sources ul:first-child .state')).toBe('已删除')
    await second.stop()
  })
})
