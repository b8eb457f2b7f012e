import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, vi } from 'vitest'
import { aiSdk } from '../../../src/ai-sdk.ts'
import { launchBrowser, openPage } from '../../browser/open-page.ts'
import { bundlePage } from '../support/bundle-page.ts'
import { carries, lacks } from '../support/carries.ts'
import { ANSWER_TEXT, ask, FIRST_TEXT, SOURCE_TEXTS } from '../support/played-model.ts'
import { serveChat, type ServedChat } from '../support/serve-chat.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

let browser: Browser
let files: Readonly<Record<string, string>>
beforeAll(async () => {
  files = await bundlePage('ai-sdk-page.tsx')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
})

/** Serves a page, and opens it in a browser. */
async function open(query = '') {
  const server = await serveChat({ dialects: [aiSdk()], files })
  const { page, problems } = await openPage(browser, `${server.url}/${query}`)
  return {
    server,
    page,
    async [Symbol.asyncDispose]() {
      await page.context().close()
      await server[Symbol.asyncDispose]()
      expect(problems).toEqual([])
    },
  }
}

async function send(page: Page, question: string): Promise<void> {
  await page.fill('[name=question]', question)
  await page.press('[name=question]', 'Enter')
}

const textsOf = (page: Page, selector: string) => page.locator(selector).allTextContents()

function shows(page: Page, selector: string, texts: readonly string[]): Promise<void> {
  return expect.poll(() => textsOf(page, selector), { timeout: 20_000 }).toEqual(texts)
}

const ANSWER = '.assistant .text'

/** Returns the number of stored turns, and the reason why the last one ended. */
async function storedTurns({ url }: ServedChat) {
  const { threads } = await (await fetch(`${url}/threads`)).json()
  const { turns } = await (await fetch(`${url}/threads/${encodeURIComponent(threads[0].threadId)}`)).json()
  return { count: turns.length as number, end: turns.at(-1).result?.finishReason as unknown }
}

describe('useChat of the AI SDK', () => {
  carries('ai-7-use-chat', 'text', async () => {
    await using opened = await open()
    const { page, server } = opened
    await send(page, ask('wait'))
    await shows(page, ANSWER, [FIRST_TEXT])
    await shows(page, '#status', ['streaming'])
    server.release()
    await shows(page, ANSWER, [ANSWER_TEXT])
    await shows(page, '#status', ['ready'])
  })

  carries('ai-7-use-chat', 'sources', async () => {
    await using opened = await open()
    await send(opened.page, ask())
    await shows(opened.page, '.source', ['Cats', 'Dogs'])
    await shows(opened.page, '.passage', SOURCE_TEXTS)
  })

  carries('ai-7-use-chat', 'citations', async () => {
    await using opened = await open()
    await send(opened.page, ask())
    await expect.poll(async () => (await textsOf(opened.page, '.citation')).map((text) => text[0])).toEqual(['1', '2'])
  })

  carries('ai-7-use-chat', 'support', async () => {
    await using opened = await open()
    await send(opened.page, ask())
    await shows(opened.page, '.citation', ['1 supported', '2 supported'])
  })

  carries('ai-7-use-chat', 'status', async () => {
    await using opened = await open()
    await send(opened.page, ask())
    await shows(opened.page, '#phases', ['retrieving generating'])
  })

  carries('ai-7-use-chat', 'error', async () => {
    await using opened = await open()
    await send(opened.page, ask('fail-later'))
    await shows(opened.page, '[role=alert]', ['The model could not be reached'])
    await shows(opened.page, '#status', ['error'])
  })

  carries('ai-7-use-chat', 'stop', async () => {
    await using opened = await open()
    const { page, server } = opened
    await send(page, ask('wait'))
    await shows(page, ANSWER, [FIRST_TEXT])
    await page.click('button:has-text("Stop")')
    await server.aborted()
    await shows(page, '#status', ['ready'])
    await shows(page, ANSWER, [FIRST_TEXT])
  })

  carries('ai-7-use-chat', 'resume', async () => {
    await using opened = await open()
    const { page, server } = opened
    await send(page, ask('wait'))
    await shows(page, ANSWER, [FIRST_TEXT])
    await page.reload()
    await shows(page, ANSWER, [FIRST_TEXT])
    server.release()
    await shows(page, ANSWER, [ANSWER_TEXT])
    await page.reload()
    await shows(page, ANSWER, [ANSWER_TEXT])
    await shows(page, '.citation', ['1 supported', '2 supported'])
    expect(server.modelCalls).toBe(1)
  })

  carries('ai-7-use-chat', 'regenerate', async () => {
    await using opened = await open()
    const { page, server } = opened
    await send(page, ask())
    await shows(page, ANSWER, [ANSWER_TEXT])
    await shows(page, '#status', ['ready'])
    await page.click('button:has-text("Again")')
    await expect.poll(() => server.modelCalls).toBe(2)
    await shows(page, '#status', ['ready'])
    await shows(page, ANSWER, [ANSWER_TEXT])
    expect(await storedTurns(server)).toEqual({ count: 1, end: 'stop' })
  })
})

describe('assistant-ui over the runtime of the AI SDK', () => {
  const QUERY = '?ui=assistant-ui'
  // Its own transport only closes the connection.
  const NATIVE = `${QUERY}&native`

  carries('assistant-ui', 'text', async () => {
    for (const query of [QUERY, NATIVE]) {
      await using opened = await open(query)
      const { page, server } = opened
      await send(page, ask('wait'))
      await shows(page, ANSWER, [FIRST_TEXT])
      server.release()
      await shows(page, ANSWER, [ANSWER_TEXT])
    }
  })

  carries('assistant-ui', 'sources', async () => {
    await using opened = await open(QUERY)
    await send(opened.page, ask())
    await shows(opened.page, '.source', ['Cats', 'Dogs'])
  })

  carries('assistant-ui', 'citations', async () => {
    await using opened = await open(QUERY)
    await send(opened.page, ask())
    await expect.poll(async () => (await textsOf(opened.page, '.citation')).map((text) => text[0])).toEqual(['1', '2'])
  })

  carries('assistant-ui', 'support', async () => {
    await using opened = await open(QUERY)
    await send(opened.page, ask())
    await shows(opened.page, '.citation', ['1 supported', '2 supported'])
  })

  carries('assistant-ui', 'status', async () => {
    await using opened = await open(QUERY)
    await send(opened.page, ask())
    await shows(opened.page, '#phases', ['retrieving generating'])
  })

  carries('assistant-ui', 'error', async () => {
    await using opened = await open(QUERY)
    await send(opened.page, ask('fail-later'))
    await expect
      .poll(() => textsOf(opened.page, '.assistant'))
      .toEqual([expect.stringContaining('The model could not be reached')])
  })

  carries('assistant-ui', 'stop', async () => {
    await using opened = await open(NATIVE)
    const { page, server } = opened
    await send(page, ask('wait'))
    await shows(page, ANSWER, [FIRST_TEXT])
    await page.click('button:has-text("Stop")')
    await server.aborted()
    await expect.poll(() => storedTurns(server)).toEqual({ count: 1, end: 'abort' })
  })

  lacks(
    'assistant-ui',
    'resume',
    'After a reload its runtime begins another conversation, unless the page gives it a list of threads',
    async () => {
      await using opened = await open(QUERY)
      const { page, server } = opened
      await send(page, ask('wait'))
      await shows(page, ANSWER, [FIRST_TEXT])
      await page.reload()
      await page.waitForSelector('[name=question]')
      expect(await textsOf(page, '.assistant')).toEqual([])
      await send(page, ask())
      await shows(page, ANSWER, [ANSWER_TEXT])
      expect((await storedTurns(server)).count).toBe(1)
      expect(server.modelCalls).toBe(2)
    },
  )

  carries('assistant-ui', 'regenerate', async () => {
    await using opened = await open(QUERY)
    const { page, server } = opened
    await send(page, ask())
    await shows(page, ANSWER, [ANSWER_TEXT])
    await expect.poll(async () => (await storedTurns(server)).end).toBe('stop')
    await page.click('button:has-text("Again")')
    await expect.poll(() => server.modelCalls).toBe(2)
    await expect.poll(() => storedTurns(server)).toEqual({ count: 1, end: 'stop' })
    await shows(page, ANSWER, [ANSWER_TEXT])
  })
})
