import type { Browser, Page } from 'playwright-core'
import { stop } from 'esbuild'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { launchBrowser, openPage, type OpenedPage } from '../../../browser/open-page.ts'
import { bundleForPage, importWithReact, type ReactVersion } from './bundle-react.ts'
import { serveReact, type ReactServer, type ServeOptions } from './serve-react.ts'
import type { TestPage } from './app.tsx'

/** An open page and its server. */
export interface ReactPage {
  readonly page: Page
  readonly server: ReactServer
}

/** The options of a page. */
export interface ReactPageOptions extends Omit<ServeOptions, 'script' | 'render'> {
  /** The query of the page, such as `strict`. @defaultValue none */
  readonly search?: string
  /** True to render the page on the server first. @defaultValue false */
  readonly hydrate?: boolean
  /** Expected errors in the console. @defaultValue none */
  readonly tolerates?: RegExp
}

/**
 * Starts a browser for the tests of a file, and bundles the page with a version of React. A page with a warning or an
 * error on its console fails its test. Returns the function that opens a page.
 */
export function useReact(react: ReactVersion): (options: ReactPageOptions) => Promise<ReactPage> {
  let browser: Browser
  let script: string
  let render: (search: string) => string
  const opened: OpenedPage[] = []
  const servers: ReactServer[] = []
  const warnings: string[] = []

  // A browser on a busy machine is slow.
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
  beforeAll(async () => {
    browser = await launchBrowser()
    script = await bundleForPage('hydrate.tsx', react)
    render = (await importWithReact<{ readonly render: typeof render }>('render.tsx', react)).render
  })
  afterEach(async () => {
    const pages = opened.splice(0)
    for (const { page } of pages) await page.context().close()
    for (const server of servers.splice(0)) await server[Symbol.asyncDispose]()
    expect([...warnings.splice(0), ...pages.flatMap(({ problems }) => problems)]).toEqual([])
  })
  afterAll(async () => {
    await browser.close()
    await stop()
  })

  return async ({ search = '', hydrate = false, tolerates, ...options }) => {
    const server = await serveReact({ ...options, script, render: hydrate ? render : () => '' })
    servers.push(server)
    const opening = await openPage(browser, `${server.url}/?${search}`, tolerates && { tolerates })
    opening.page.on('console', (message) => {
      if (message.type() === 'warning') warnings.push(message.text())
    })
    opened.push(opening)
    return { page: opening.page, server }
  }
}

/** Asks a question by the keyboard. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.fill('[name=question]', question)
  await page.press('[name=question]', 'Enter')
}

/** Resolves when the visible text of the last answer is `text`. */
export async function answerIs(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (expected) => [...document.querySelectorAll<HTMLElement>('.answer')].at(-1)?.innerText === expected,
    text,
  )
}

/** Resolves when the status of the conversation is `status`. */
export async function statusIs(page: Page, status: string): Promise<void> {
  await page.waitForSelector(`#chat[data-status=${status}]`)
}

/** Returns what the page has noted. */
export function notesOf(page: Page): Promise<TestPage> {
  return page.evaluate(() => Reflect.get(globalThis, 'test') as TestPage)
}
