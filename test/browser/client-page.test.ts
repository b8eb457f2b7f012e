import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import type { Cut, CutProxyOptions } from '../client/support/cut-proxy.ts'
import { DELTAS, FINISH } from '../client/support/open-chat.ts'
import { send, snapshot, untilAnswer, untilStatus, useClient, type ClientPage } from './use-client.ts'

const kit = useClient()

const question = 'How long do cats sleep?'
const ANSWER = DELTAS.join('')

// Chromium writes a broken connection into the console.
const BROKEN = { tolerates: /net::ERR_/u }

const idOf = (page: Page) => page.evaluate(() => (globalThis as unknown as ClientPage).store.getSnapshot().threadId)
const open = (page: Page, threadId: string | undefined) =>
  page.evaluate((id) => (globalThis as unknown as ClientPage).store.open(id), threadId)

describe('an answer on a page with a strict policy', () => {
  it('is shown with its sources and citations, without an error in the console', async () => {
    await using site = await kit.openSite(scriptedChatModel([...DELTAS, FINISH]))
    const page = await kit.open(site.url, { tolerates: /Executing inline script violates/u })
    expect(await page.evaluate(() => 'from' in ReadableStream)).toBe(false)
    expect(await runsInlineScripts(page)).toBe(false)
    await send(page, question)
    expect(await snapshot(page)).toMatchObject({
      status: 'ready',
      turns: [{ status: 'done', result: { answer: ANSWER, sources: [{}, {}], citations: [{}, {}, {}, {}] } }],
    })
    const statuses = await page.evaluate(() => (globalThis as unknown as ClientPage).statuses)
    expect(['submitted', 'submitted streaming']).toContain(statuses.slice(0, -1).join(' '))
    expect(statuses.at(-1)).toBe('ready')
    // A new conversation is asked, not looked for.
    expect(site.proxy.requests.filter((request) => request.includes('/api'))).toEqual(['POST /api/chat'])
  })

  it.each<[string, Cut]>([
    ['before the question arrives', 'before-request'],
    ['before the answer', 'before-response'],
    ['after the headers', 'after-headers'],
    ['after the first event', { afterSeq: 0 }],
    ['between the sources', { afterSeq: 3 }],
    ['inside a frame', { afterSeq: 8, bytes: 40 }],
    ['between a citation and its text', { afterSeq: 13 }],
    ['before the last event', { afterSeq: 25, isEnd: true }],
  ])('is the same when the connection breaks %s, with one generation', async (_name, first) => {
    const cut: CutProxyOptions['cut'] = ({ readsBefore }) => (readsBefore === 0 ? first : undefined)
    await using site = await kit.openSite(scriptedChatModel([...DELTAS, FINISH]), { cut })
    // The browser writes the 410 of a question that has not arrived into the console.
    const page = await kit.open(site.url, { tolerates: /net::ERR_|410/u })
    await send(page, question)
    expect(await snapshot(page)).toMatchObject({
      turns: [{ status: 'done', isReconnecting: false, result: { answer: ANSWER, citations: { length: 4 } } }],
    })
    expect(site.model.calls).toHaveLength(1)
    // A browser may send a request again by itself if its connection closes without a response; the run id is the same.
    const most = typeof first === 'object' || first === 'after-headers' ? 1 : 2
    expect(site.proxy.requests.filter((request) => request === 'POST /api/chat').length).toBeLessThanOrEqual(most)
  })

  it('goes on after the device was offline in its middle', async () => {
    const gate = createGate()
    await using site = await kit.openSite(scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH]))
    const page = await kit.open(site.url, BROKEN)
    const asked = send(page, question)
    await untilAnswer(page, 'Cats ')
    await page.context().setOffline(true)
    site.proxy.breakConnections()
    await page.waitForFunction(() => (globalThis as unknown as ClientPage).store.getSnapshot().turns[0]?.isReconnecting)
    gate.open()
    await page.context().setOffline(false)
    await asked
    expect(await snapshot(page)).toMatchObject({
      turns: [{ status: 'done', isReconnecting: false, result: { answer: 'Cats sleep.' } }],
    })
    expect(site.model.calls).toHaveLength(1)
  })

  it('ends in a hidden tab, too, and the store says so', async () => {
    const gate = createGate()
    await using site = await kit.openSite(scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH]))
    const page = await kit.open(site.url)
    const asked = send(page, question)
    await untilAnswer(page, 'Cats ')
    // A tab in the background gets no frames.
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
      globalThis.requestAnimationFrame = () => 0
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    })
    gate.open()
    await asked
    expect(await snapshot(page)).toMatchObject({ status: 'ready', turns: [{ result: { answer: 'Cats sleep.' } }] })
  })
})

describe('a page that is reloaded in the middle of an answer', () => {
  it('shows the same answer after open, with one generation', async () => {
    const gate = createGate()
    await using site = await kit.openSite(scriptedChatModel([DELTAS[0], { gate }, ...DELTAS.slice(1), FINISH]))
    const page = await kit.open(site.url)
    void send(page, question).catch(() => {})
    await untilAnswer(page, DELTAS[0])
    const threadId = await idOf(page)
    await page.reload()
    await page.waitForFunction(() => 'isReady' in globalThis)
    await open(page, threadId)
    await untilAnswer(page, DELTAS[0])
    expect(await snapshot(page)).toMatchObject({ status: 'streaming', turns: [{ question }] })
    gate.open()
    await untilStatus(page, 'done')
    const { turns } = await snapshot(page)
    expect(turns).toMatchObject([{ question, result: { answer: ANSWER, sources: [{}, {}], citations: { length: 4 } } }])
    expect(site.model.calls).toHaveLength(1)

    await page.reload()
    await page.waitForFunction(() => 'isReady' in globalThis)
    await open(page, threadId)
    expect((await snapshot(page)).turns).toEqual(turns)
  })
})

describe('two tabs of one conversation', () => {
  it('both show the turn that one of them asks, without a reload', async () => {
    const gate = createGate()
    const model = scriptedChatModel((_request, attempt) =>
      attempt === 1 ? ['They sleep.', FINISH] : ['Dogs ', { gate }, 'sleep, too.', FINISH],
    )
    await using site = await kit.openSite(model)
    const first = await kit.open(site.url)
    await send(first, question)
    const second = await kit.openTab(first.context(), site.url)
    await open(second, await idOf(first))
    expect((await snapshot(second)).turns).toMatchObject([{ question, status: 'done' }])

    const asked = send(first, 'And dogs?')
    await untilAnswer(second, 'Dogs ')
    expect(await snapshot(second)).toMatchObject({ status: 'streaming', turns: [{}, { question: 'And dogs?' }] })
    gate.open()
    await asked
    await untilStatus(second, 'done')
    expect((await snapshot(second)).turns).toEqual((await snapshot(first)).turns)
    expect(model.calls).toHaveLength(2)
  })

  it('both list a conversation that one of them begins, and that it is running', async () => {
    const gate = createGate()
    await using site = await kit.openSite(scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH]))
    const first = await kit.open(site.url)
    const second = await kit.openTab(first.context(), site.url)
    for (const page of [first, second]) {
      await page.evaluate(async () => {
        const { threads } = globalThis as unknown as ClientPage
        threads.subscribe(() => {})
        await threads.load()
      })
    }
    const asked = send(first, question)
    for (const page of [first, second]) await expectListed(page, { title: question, isRunning: true })
    gate.open()
    await asked
    for (const page of [first, second]) await expectListed(page, { title: question, isRunning: false })
  })

  it('both show that one of them has stopped the answer', async () => {
    const model = scriptedChatModel(['Cats ', { hang: 'until-abort' }])
    await using site = await kit.openSite(model)
    const first = await kit.open(site.url)
    const asked = send(first, question)
    await untilAnswer(first, 'Cats ')
    const second = await kit.openTab(first.context(), site.url)
    await open(second, await idOf(first))
    await untilAnswer(second, 'Cats ')
    await second.evaluate(() => (globalThis as unknown as ClientPage).store.stop())
    await asked
    for (const page of [first, second]) {
      await untilStatus(page, 'done')
      expect((await snapshot(page)).turns).toMatchObject([{ result: { finishReason: 'abort', answer: 'Cats ' } }])
    }
  })
})

describe('a page', () => {
  it('gets at most one snapshot a frame during a burst of tokens', async () => {
    const deltas = Array.from({ length: 1_000 }, (_, index) => `${index} `)
    await using site = await kit.openSite(scriptedChatModel([...deltas, FINISH]))
    const page = await kit.open(site.url)
    const counts = await page.evaluate(async (text) => {
      const { store } = globalThis as unknown as ClientPage
      const counts = { frames: 0, snapshots: 0 }
      const count = (): void => {
        counts.frames += 1
        requestAnimationFrame(count)
      }
      requestAnimationFrame(count)
      store.subscribe(() => (counts.snapshots += 1))
      await store.send(text)
      return counts
    }, question)
    expect((await snapshot(page)).turns).toMatchObject([{ result: { answer: deltas.join('') } }])
    // The begin and the end do not wait for a frame.
    expect(counts.snapshots).toBeLessThanOrEqual(counts.frames + 3)
  })

  it('that stops its answer and is closed at once stops it on the server', async () => {
    const model = scriptedChatModel(['Cats ', { hang: 'until-abort' }])
    await using site = await kit.openSite(model)
    const page = await kit.open(site.url)
    void send(page, question).catch(() => {})
    await untilAnswer(page, 'Cats ')
    await page.evaluate(() => void (globalThis as unknown as ClientPage).store.stop())
    await page.close()
    expect(await model.calls[0]?.ended).toBe('aborted')
    expect(site.proxy.requests).toContain('POST /api/runs/*/stop')
  })

  it('may unmount its view and mount it again while an answer is written', async () => {
    const gate = createGate()
    await using site = await kit.openSite(scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH]))
    const page = await kit.open(site.url)
    const asked = send(page, question)
    await untilAnswer(page, 'Cats ')
    await page.evaluate(() => (globalThis as unknown as ClientPage).unsubscribe())
    gate.open()
    await asked
    expect(await snapshot(page)).toMatchObject({ status: 'ready', turns: [{ result: { answer: 'Cats sleep.' } }] })
    // Nothing listens any more, and the next answer is complete all the same.
    await send(page, 'And dogs?')
    expect(await snapshot(page)).toMatchObject({ status: 'ready', turns: [{ status: 'done' }, { status: 'done' }] })
  })
})

/** Waits until the list of a page has only this conversation. */
async function expectListed(page: Page, expected: { readonly title: string; readonly isRunning: boolean }) {
  await page.waitForFunction((wanted) => {
    const { threads } = (globalThis as unknown as ClientPage).threads.getSnapshot()
    const [first, ...others] = threads
    return first?.title === wanted.title && first.isRunning === wanted.isRunning && others.length === 0
  }, expected)
}

/** Returns true if the page runs an inline script, which its policy must forbid. */
function runsInlineScripts(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'globalThis.isInline = true'
    document.head.append(script)
    return 'isInline' in globalThis
  })
}
