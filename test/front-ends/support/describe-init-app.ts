import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { createFaultServer, faults, type FaultServer } from '../../../src/testing.ts'
import { launchBrowser, openPage } from '../../browser/open-page.ts'
import { runInit } from '../../cli/init/support/run-init.ts'
import { REACT_PAGE } from './page-parts.ts'
import { runScript, startScript, type RunningPage } from './start-example.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

/** An app of `ragwire init`, and the folder of tests that has its packages. */
export interface InitApp {
  readonly template: string
  /** The folder with `node_modules`. */
  readonly home: string
  /** Files that only the tests need, by path. */
  readonly files?: Readonly<Record<string, string>>
  /** Adds tests of this template. */
  readonly more?: (started: () => StartedApp) => void
}

/** The folder of an app, and a browser for its pages. */
export interface StartedApp {
  readonly folder: string
  readonly browser: Browser
}

/** Tests what `ragwire init` writes, as a user builds and starts it, over a server with the API of OpenAI. */
export function describeInitApp({ template, home, files = {}, more }: InitApp): void {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 })
  const folder = join(home, '.cache', `init-${template}-${process.env['VITEST_POOL_ID'] ?? ''}`)

  describe(`ragwire init --template ${template}`, () => {
    let openai: FaultServer
    let app: RunningPage
    let browser: Browser
    beforeAll(async () => {
      rmSync(folder, { recursive: true, force: true })
      const { code, errors } = await runInit([folder, '--template', template], { cwd: home })
      expect({ code, errors }).toEqual({ code: 0, errors: '' })
      for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
      for (const path of ['package.json', ...packageJson.files]) {
        cpSync(join(ROOT, path), join(folder, 'node_modules/ragwire', path), { recursive: true })
      }
      openai = await createFaultServer()
      await runScript(folder, 'build')
      app = await startScript(folder, 'start', { OPENAI_BASE_URL: openai.baseURL })
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await app?.[Symbol.asyncDispose]()
      await openai?.[Symbol.asyncDispose]()
    })

    it('asks for packages that these tests have, in the same major version', () => {
      const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const { resolve: find } = createRequire(join(folder, 'package.json'))
      for (const [name, range] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
        const [asked = [], installed = []] = [range, versionIn(find.paths(name) ?? [], name)].map(numbersOf)
        expect([name, installed[0]]).toEqual([name, asked[0]])
        expect(installed[1], `minor version of ${name}`).toBeGreaterThanOrEqual(asked[1] ?? 0)
      }
    })

    it('passes its own test', async () => {
      await expect(runScript(folder, 'test')).resolves.toBeUndefined()
    })

    more?.(() => ({ folder, browser }))

    it('shows words with a citation, stops, and has the conversation after a reload', async () => {
      openai.use(faults.stall({ deltas: ['Unused items can be returned within thirty days of delivery [1].', ' And'] }))
      const { page, problems } = await openPage(browser, app.url)
      await page.click('text=How long can I return an item?')
      await page.click(REACT_PAGE.citation)
      await page.locator(REACT_PAGE.passage).waitFor()
      expect(await page.locator(REACT_PAGE.passage).textContent()).toContain('Unused items can be returned')
      await page.keyboard.press('Escape')
      await page.click('button:has-text("Stop")')
      await page.waitForSelector('button:has-text("Ask")')
      // The stop has reached the model.
      await openai.idle()
      await page.reload()
      await page.locator(REACT_PAGE.citation).waitFor()
      expect(await page.locator(REACT_PAGE.answer).textContent()).toContain('within thirty days of delivery')
      await page.click('text=New chat')
      expect(await page.locator('article').count()).toBe(0)
      expect(problems).toEqual([])
      await page.context().close()
    })
  })
}

/** Returns the version of a package in the first of these folders that has it. */
function versionIn(folders: readonly string[], name: string): string {
  for (const path of folders) {
    try {
      return JSON.parse(readFileSync(join(path, name, 'package.json'), 'utf8')).version
    } catch {
      // The next folder may have it.
    }
  }
  throw new Error(`There is no ${name} to test with`)
}

function numbersOf(version: string): readonly number[] {
  return version.replace('^', '').split('.').map(Number)
}
