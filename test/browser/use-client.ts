import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { memoryHistoryStore } from '../../src/index.ts'
import type { ChatSnapshot, ChatStore, ThreadList } from '../../src/client.ts'
import { toNodeHandler } from '../../src/node.ts'
import { createChatHandler, createRunRegistry } from '../../src/server.ts'
import { fakeRetriever, type ScriptedChatModel } from '../../src/testing.ts'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'
import { createCutProxy, type CutProxy, type CutProxyOptions } from '../client/support/cut-proxy.ts'
import { CHUNKS } from '../client/support/open-chat.ts'
import { launchBrowser, openPage, openTab, type OpenedPage, type OpenPageOptions } from './open-page.ts'

/** The policy of the pages: scripts of their own origin only, none inline, no evaluation of text. */
export const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:"

/** A page without content that loads the bundle. */
export const PAGE =
  '<!doctype html><html lang="en"><title>Chat</title><link rel="icon" href="data:,"><script type="module" src="client.js"></script>'

/** The global variables of the page. */
export interface ClientPage {
  readonly store: ChatStore
  readonly threads: ThreadList
  /** What happened to the store, such as `submitted streaming ready`. */
  readonly statuses: readonly string[]
  /** Ends the only subscription. */
  readonly unsubscribe: () => void
}

/** Bundles `ragwire/client` with a page that makes a store for the handler under `/api`. */
export async function bundleClient(url: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { createChatStore, createThreadList } from './src/client.ts'
        const store = createChatStore({ url: ${JSON.stringify(url)} })
        const statuses = []
        const unsubscribe = store.subscribe(() => statuses.at(-1) === store.getSnapshot().status || statuses.push(store.getSnapshot().status))
        Object.assign(globalThis, { store, threads: createThreadList(store), statuses, unsubscribe, isReady: true })`,
      resolveDir: process.cwd(),
      loader: 'js',
    },
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    bundle: true,
    minify: true,
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** A server with a page and a handler, behind a proxy that can break its connections. */
export interface ClientSite extends AsyncDisposable {
  readonly url: string
  readonly proxy: CutProxy
  readonly model: ScriptedChatModel
}

/** The helpers that the tests of a file share. */
export interface ClientKit {
  /** Starts a server with a page and a handler. */
  openSite(model: ScriptedChatModel, options?: Pick<CutProxyOptions, 'cut' | 'onEvent' | 'onCut'>): Promise<ClientSite>
  /** Opens a page in a browser context of its own. */
  open(url: string, options?: OpenPageOptions): Promise<Page>
  /** Opens another tab. */
  openTab(context: BrowserContext, url: string): Promise<Page>
}

/** Starts a browser for the tests of a file. A page with errors in its console fails its test. */
export function useClient(): ClientKit {
  let browser: Browser
  const opened: OpenedPage[] = []

  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterEach(async () => {
    await closePages()
    expect(opened.splice(0).flatMap(({ problems }) => problems)).toEqual([])
  })
  afterAll(() => browser.close())

  async function closePages(): Promise<void> {
    for (const { page } of opened) await page.context().close()
  }

  async function keep(opening: Promise<OpenedPage>): Promise<Page> {
    const page = await opening
    opened.push(page)
    await page.page.waitForFunction(() => 'isReady' in globalThis)
    return page.page
  }

  return {
    openSite: (model, options) => openSite(model, closePages, options),
    open: (url, options) => keep(openPage(browser, url, options)),
    openTab: (context, url) => keep(openTab(context, url)),
  }
}

async function openSite(
  model: ScriptedChatModel,
  closePages: () => Promise<void>,
  options: Pick<CutProxyOptions, 'cut' | 'onEvent' | 'onCut'> = {},
): Promise<ClientSite> {
  const script = await bundleClient('/api')
  const handler = toNodeHandler(
    createChatHandler({
      model,
      retriever: fakeRetriever(CHUNKS),
      condenser: false,
      history: memoryHistoryStore(),
      scope: () => 'ann',
      runs: createRunRegistry({ onDisconnect: { continueForMs: 60_000 } }),
      basePath: '/api',
    }),
  )
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/')) handler(request, response)
    else answerPage(request, response, script)
  })
  const proxy = await createCutProxy({ upstreamPort: await listenOnLoopback(server), ...options })
  return {
    url: proxy.url,
    proxy,
    model,
    async [Symbol.asyncDispose]() {
      // They may still send requests, such as to load what another tab has stored.
      await closePages()
      await proxy[Symbol.asyncDispose]()
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }
}

function answerPage({ url }: IncomingMessage, response: ServerResponse, script: string): void {
  const type = url === '/client.js' ? 'text/javascript' : 'text/html'
  response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY })
  response.end(url === '/client.js' ? script : PAGE)
}

/** Asks a question on a page; resolves when the answer has ended. */
export function send(page: Page, question: string): Promise<void> {
  return page.evaluate((text) => (globalThis as unknown as ClientPage).store.send(text), question)
}

/** Returns the snapshot of the store of a page. */
export function snapshot(page: Page): Promise<ChatSnapshot> {
  return page.evaluate(() => (globalThis as unknown as ClientPage).store.getSnapshot())
}

/** Resolves when the last answer on a page contains a text. */
export async function untilAnswer(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (part) =>
      (globalThis as unknown as ClientPage).store.getSnapshot().turns.at(-1)?.result.answer.includes(part) === true,
    text,
  )
}

/** Resolves when the last turn on a page is in a state. */
export async function untilStatus(page: Page, status: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => (globalThis as unknown as ClientPage).store.getSnapshot().turns.at(-1)?.status === wanted,
    status,
  )
}
