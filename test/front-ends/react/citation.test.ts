import { describe, expect, it } from 'vitest'
import { scriptedChatModel, type FakeChunk } from '../../../src/testing.ts'
import { REACT_VERSIONS } from './support/bundle-react.ts'
import { ask, statusIs, useReact } from './support/use-react.ts'

const FINISH = { type: 'finish', finishReason: 'stop' } as const
const EVIL = '<img src=x onerror="document.title=1">'

describe.each(REACT_VERSIONS)('Citation with React %s', (react) => {
  const open = useReact(react)

  it('is reached by Tab, has a name, and opens its source in a popover', async () => {
    const chunks = [
      chunkOf({ title: 'Cats', text: 'Cats are animals. Cats sleep 16 hours a day.', url: 'https://example.com' }),
    ]
    const { page } = await open({ model: scriptedChatModel(['Cats sleep 16 hours a day [1].', FINISH]), chunks })
    await ask(page, 'How long do cats sleep?')
    await statusIs(page, 'ready')
    const citation = page.getByRole('button', { name: 'Source 1: Cats', exact: true })
    await page.focus('text=New')
    await page.keyboard.press('Tab')
    expect(await citation.evaluate((button) => button === document.activeElement)).toBe(true)
    const passage = page.locator('[popover] mark')
    expect(await passage.isVisible()).toBe(false)
    await page.keyboard.press('Enter')
    await passage.waitFor()
    expect(await passage.textContent()).toBe('Cats sleep 16 hours a day.')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('https://example.com/')
    await page.keyboard.press('Escape')
    await passage.waitFor({ state: 'hidden' })
    expect(await citation.evaluate((button) => button === document.activeElement)).toBe(true)
  })

  it('closes its popover when the button is pressed again', async () => {
    const { page } = await open({ model: scriptedChatModel(['Cats sleep 16 hours a day [1].', FINISH]) })
    await ask(page, 'How long do cats sleep?')
    await statusIs(page, 'ready')
    await page.click('text="[1]" >> nth=0')
    await page.waitForSelector('mark')
    await page.click('text="[1]" >> nth=0')
    await page.waitForSelector('mark', { state: 'hidden' })
    expect(await page.locator('[popover]:popover-open').count()).toBe(0)
  })

  it('makes neither HTML nor a link of what a document contains', async () => {
    const url = 'javascript:document.title=1'
    const chunks = [chunkOf({ title: EVIL, text: `Cats sleep ${EVIL}`, url, section: [EVIL], metadata: {} })]
    const { page } = await open({ model: scriptedChatModel([`Cats sleep ${EVIL} [1].`, FINISH]), chunks })
    await ask(page, EVIL)
    await statusIs(page, 'ready')
    await page.locator('.answer button').first().click()
    await page.waitForSelector('[popover]:popover-open')
    expect(await page.locator('.answer [popover]').textContent()).toContain(EVIL)
    expect(await page.locator('img, a').count()).toBe(0)
    expect(await page.title()).toBe('Chat')
  })
})

function chunkOf(chunk: Omit<Exclude<FakeChunk, string>['chunk'], 'chunkId' | 'documentId'>): FakeChunk {
  return { chunk: { chunkId: 'chunk', documentId: 'document', ...chunk }, score: 1 }
}
