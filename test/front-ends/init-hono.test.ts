import { expect, it } from 'vitest'
import { openPage } from '../browser/open-page.ts'
import { describeInitApp } from './support/describe-init-app.ts'
import { REACT_PAGE } from './support/page-parts.ts'
import { startScript } from './support/start-example.ts'

describeInitApp({
  template: 'hono',
  home: import.meta.dirname,
  more: (started) =>
    it('answers in development, without a key', async () => {
      const { folder, browser } = started()
      await using running = await startScript(folder, 'dev')
      const { page, problems } = await openPage(browser, running.url)
      await page.click('text=When is shipping free?')
      await page.locator(REACT_PAGE.citation).first().waitFor()
      expect(await page.locator(REACT_PAGE.answer).textContent()).toContain('above 50 euros')
      expect(problems).toEqual([])
      await page.context().close()
    }),
})
