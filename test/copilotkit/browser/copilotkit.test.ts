import { stop } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, vi } from 'vitest'
import { agUi } from '../../../src/ag-ui.ts'
import { launchBrowser, openPage } from '../../browser/open-page.ts'
import { carries, lacks } from '../../protocols/support/carries.ts'
import { ANSWER_TEXT, ask, FIRST_TEXT, SECRET, SOURCE_TEXTS } from '../../protocols/support/played-model.ts'
import { serveChat, type ServedChat, type ServeChatOptions } from '../../protocols/support/serve-chat.ts'
import { bundleExample } from '../support/bundle-example.ts'

// A browser on a busy machine is slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let browser: Browser
let files: Readonly<Record<string, string>>

beforeAll(async () => {
  files = await bundleExample()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await stop()
})

interface Opened {
  readonly chat: ServedChat
  readonly page: Page
}

interface OpenOptions extends Pick<ServeChatOptions, 'registry'> {
  /** Expected errors in the console. */
  readonly tolerates?: RegExp
}

async function open(use: (opened: Opened) => Promise<void>, { tolerates, registry }: OpenOptions = {}): Promise<void> {
  await using chat = await serveChat({ dialects: [agUi()], basePath: '/api', files, ...(registry && { registry }) })
  const { page, problems } = await openPage(browser, chat.url, tolerates && { tolerates })
  await use({ chat, page })
  await page.context().close()
  expect(problems).toEqual([])
}

const send = async (page: Page, question: string): Promise<void> => {
  await page.getByTestId('copilot-chat-textarea').fill(question)
  await page.getByTestId('copilot-send-button').click()
}

const answerOf = (page: Page) => page.getByTestId('copilot-assistant-message').last()

const textIs = (page: Page, text: string) => answerOf(page).getByText(text).waitFor()

const sourcesOf = (page: Page) => page.getByRole('complementary').getByRole('listitem')

describe('CopilotKit over the example', () => {
  carries('copilotkit', 'text', () =>
    open(async ({ chat, page }) => {
      await send(page, ask())
      await textIs(page, ANSWER_TEXT)
      await send(page, ask('no-evidence'))
      await vi.waitFor(async () => expect(await page.getByTestId('copilot-assistant-message').count()).toBe(2))
      expect(chat.modelCalls).toBe(1)
    }),
  )

  carries('copilotkit', 'sources', () =>
    open(async ({ page }) => {
      await send(page, ask())
      await textIs(page, ANSWER_TEXT)
      const [cats = '', dogs = ''] = await sourcesOf(page).allInnerTexts()
      expect(cats).toContain(SOURCE_TEXTS[0])
      expect(dogs).toContain(SOURCE_TEXTS[1])
      expect(await page.getByRole('link', { name: 'Cats' }).getAttribute('href')).toBe('https://pets.example/cats')
    }),
  )

  carries('copilotkit', 'citations', () =>
    open(async ({ page }) => {
      await send(page, ask())
      await sourcesOf(page).nth(1).getByText('Cited').waitFor()
      expect(await sourcesOf(page).getByText('Cited').count()).toBe(2)
    }),
  )

  carries('copilotkit', 'support', () =>
    open(async ({ page }) => {
      await send(page, ask())
      await sourcesOf(page).nth(1).getByText('Cited, supported').waitFor()
      expect(await sourcesOf(page).getByText('Cited, supported').count()).toBe(2)
    }),
  )

  carries('copilotkit', 'status', () =>
    open(async ({ chat, page }) => {
      await send(page, ask('wait'))
      await chat.waiting()
      await page.getByRole('status').getByText('generating').waitFor()
    }),
  )

  carries('copilotkit', 'error', () =>
    open(
      async ({ page }) => {
        await send(page, ask('fail-later'))
        await page.getByRole('alert').getByText('The model could not be reached').waitFor()
        expect(await page.content()).not.toContain(SECRET)
      },
      { tolerates: /The model could not be reached/ },
    ),
  )

  carries('copilotkit', 'stop', () =>
    open(
      async ({ chat, page }) => {
        await send(page, ask('wait'))
        await textIs(page, FIRST_TEXT.trim())
        await page.getByTestId('copilot-send-button').click()
        await chat.aborted()
        expect(chat.requests).toEqual(['POST /api/ag-ui'])
      },
      { registry: { onDisconnect: 'abort' } },
    ),
  )

  lacks('copilotkit', 'resume', 'It sends no request to join a run', () =>
    open(async ({ chat, page }) => {
      await send(page, ask('wait'))
      await textIs(page, FIRST_TEXT.trim())
      await page.reload()
      await page.getByTestId('copilot-chat-textarea').waitFor()
      chat.release()
      expect(await page.getByTestId('copilot-assistant-message').count()).toBe(0)
      expect(chat.requests).toEqual(['POST /api/ag-ui'])
    }),
  )

  carries('copilotkit', 'regenerate', () =>
    open(async ({ chat, page }) => {
      await send(page, ask())
      await textIs(page, ANSWER_TEXT)
      const before = await answerOf(page).getAttribute('data-message-id')
      await page.getByTestId('copilot-regenerate-button').click()
      await vi.waitFor(async () => expect(await answerOf(page).getAttribute('data-message-id')).not.toBe(before))
      await textIs(page, ANSWER_TEXT)
      expect(chat.modelCalls).toBe(2)
      const { threads } = await readJson(`${chat.url}/api/threads`)
      const { turns } = await readJson(`${chat.url}/api/threads/${threads?.[0]?.threadId}`)
      expect(turns).toMatchObject([{ messageId: await answerOf(page).getAttribute('data-message-id') }])
    }),
  )
})

interface Loaded {
  readonly threads?: readonly { readonly threadId: string }[]
  readonly turns?: readonly unknown[]
}

async function readJson(url: string): Promise<Loaded> {
  const response = await fetch(url)
  return (await response.json()) as Loaded
}
