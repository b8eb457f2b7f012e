import { expect, it } from 'vitest'
import { createFaultProxy } from '../../src/testing.ts'
import { launchBrowser, openPage } from '../browser/open-page.ts'
import { describePage, WAITING_QUESTION } from './support/describe-page.ts'
import { prepareWithModel, startScript } from './support/start-example.ts'

const start = async () => startScript(await prepareWithModel('event-source', 'server.js'), 'start')

describePage('examples/event-source', start)

it('examples/event-source reads an answer on after a break, and shows no word twice', async () => {
  await using running = await start()
  await using proxy = await createFaultProxy({ upstreamPort: Number(new URL(running.url).port) })
  await using browser = await launchBrowser()
  const { page } = await openPage(browser, `http://127.0.0.1:${proxy.port}`)
  await page.fill('[name=question]', WAITING_QUESTION)
  await page.press('[name=question]', 'Enter')
  await page.getByText('onerror=alert(1)').waitFor()
  const shown = await page.locator('.answer').textContent()
  proxy.reset()
  await page.waitForSelector('text=Reconnecting')
  // The browser waits for some seconds before it connects again.
  await page.waitForResponse(/\/events$/u)
  await page.click('text=Stop')
  await page.waitForSelector('text=Stopped')
  expect(await page.locator('.answer').textContent()).toBe(shown)
})
