import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page, Route } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createFaultProxy, createGate, faults } from '../../src/testing.ts'
import { startDemo } from '../examples/start-demo.ts'
import {
  answerContains,
  ask,
  ended,
  eventStream,
  focused,
  QUESTION,
  textOf,
  untilGivenUp,
  useDemo,
} from './use-demo.ts'

const kit = useDemo()

const DELTAS = ['By a signal', ' [1], which', ' closes', ' the connection', ' to the model [2].']
const ANSWER = DELTAS.join('')

describe('an answer in progress', () => {
  it('survives a reload of the page, with one call of the model', async () => {
    const index = kit.upstream.hits.length
    const gate = createGate()
    kit.upstream.use(faults.answer(DELTAS, { gate }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    gate.release()
    await answerContains(page, 'By a signal')
    await page.reload()
    await answerContains(page, 'By a signal')
    expect(await page.locator('.question').allTextContents()).toEqual([QUESTION])
    expect(await page.locator('#stop').isVisible()).toBe(true)
    gate.open()
    await ended(page)
    expect(await textOf(page, '.answer')).toBe(ANSWER)
    const live = await page.locator('#turns').innerHTML()
    await page.reload()
    await ended(page)
    expect(await page.locator('#turns').innerHTML()).toBe(live)
    expect(kit.upstream.hits).toHaveLength(index + 1)
  })

  it('is found by its conversation even before its question is stored', async () => {
    kit.upstream.use(faults.stall({ deltas: ['Hello'] }))
    const page = await kit.openWithModel({ tolerates: /404/ })
    await ask(page, QUESTION)
    await answerContains(page, 'Hello')
    const unknown = { status: 404, json: { code: 'not-found' } }
    await page.route('**/threads/*', (route) => route.fulfill(unknown), { times: 1 })
    await page.reload()
    await answerContains(page, 'Hello')
    expect(await page.locator('.question').allTextContents()).toEqual([QUESTION])
    await page.click('#stop')
    await ended(page)
  })

  it('is stopped from another tab, and ends in both in the same way', async () => {
    const index = kit.upstream.hits.length
    kit.upstream.use(faults.stall({ deltas: ['Hello', ' world'] }))
    const first = await kit.openWithModel()
    await ask(first, QUESTION)
    await answerContains(first, 'Hello world')
    const second = await kit.openTab(first)
    await answerContains(second, 'Hello world')
    await second.click('#stop')
    for (const page of [first, second]) {
      await ended(page)
      expect([await textOf(page, '.status'), await textOf(page, '.answer')]).toEqual(['Stopped', 'Hello world'])
      expect(await page.locator('#send').isVisible()).toBe(true)
    }
    expect(await (await kit.upstream.hit(index)).closed).toBe('client')
  })

  it('is stopped before the server has received the question', async () => {
    const index = kit.upstream.hits.length
    const page = await kit.openWithModel()
    const asked = Promise.withResolvers<Route>()
    await page.route('**/chat', (route) => asked.resolve(route))
    await ask(page, QUESTION)
    const route = await asked.promise
    const stopped = page.waitForResponse('**/stop')
    await page.click('#stop')
    expect(await (await stopped).json()).toMatchObject({ outcome: 'unknown' })
    expect(await textOf(page, '.status')).toBe('Stopping…')
    await route.continue()
    await ended(page)
    expect(await textOf(page, '.status')).toBe('Stopped')
    expect(kit.upstream.hits).toHaveLength(index)
  })

  it('continues when it could not be stopped', async () => {
    const page = await kit.openWithModel({ tolerates: /503/ })
    kit.upstream.use(faults.stall({ deltas: ['Hello'] }))
    await ask(page, QUESTION)
    await answerContains(page, 'Hello')
    await page.route('**/stop', (route) => route.fulfill({ status: 503, json: { code: 'store-unavailable' } }))
    await page.click('#stop')
    await page.waitForFunction(() => document.querySelector('.status')?.textContent === 'Writing…')
    await page.unroute('**/stop')
    await page.click('#stop')
    await ended(page)
    expect(await textOf(page, '.status')).toBe('Stopped')
  })
})

describe('a connection that breaks', () => {
  it('is restored after any number of breaks, without a gap or a repetition', async () => {
    const index = kit.upstream.hits.length
    const gate = createGate()
    kit.upstream.use(faults.answer(DELTAS, { gate }))
    await using proxy = await createFaultProxy({ upstreamPort: Number(new URL(kit.modelDemo.url).port) })
    const page = await kit.openAt({ url: `http://127.0.0.1:${proxy.port}` })
    await ask(page, QUESTION)
    let written = ''
    for (const delta of DELTAS) {
      written += delta
      gate.release()
      await answerIs(page, written)
      proxy.reset()
    }
    gate.open()
    await ended(page)
    expect(await textOf(page, '.answer')).toBe(ANSWER)
    expect(await textOf(page, '.status')).toMatch(/^Done/)
    expect(await page.locator('.marker').allTextContents()).toEqual(['[1]', '[2]'])
    expect(kit.upstream.hits).toHaveLength(index + 1)
  })

  it('before the first byte of the response leads to the same answer, not to a second one', async () => {
    const index = kit.upstream.hits.length
    kit.upstream.use(faults.answer('By a signal [1].'))
    const page = await kit.openWithModel({ tolerates: /ERR_FAILED/ })
    let requests = 0
    await page.route('**/chat', async (route) => {
      requests += 1
      if (requests > 1) return route.continue()
      // The server answers, but the page does not receive it.
      await route.fetch()
      return route.abort()
    })
    await ask(page, QUESTION)
    await ended(page)
    expect(await textOf(page, '.answer')).toBe('By a signal [1].')
    expect([requests, kit.upstream.hits.length]).toEqual([2, index + 1])
  })

  it('and cannot be restored offers a retry, from the last received event', async () => {
    const index = kit.upstream.hits.length
    const gate = createGate()
    kit.upstream.use(faults.answer(DELTAS, { gate }))
    await using proxy = await createFaultProxy({ upstreamPort: Number(new URL(kit.modelDemo.url).port) })
    const page = await kit.openAt({ url: `http://127.0.0.1:${proxy.port}` })
    await ask(page, QUESTION)
    gate.release()
    await answerIs(page, 'By a signal')
    await page.clock.install()
    await page.route('**/events', (route) => route.abort())
    proxy.reset()
    await page.waitForFunction(() => document.querySelector('.status')?.textContent.includes('Connecting again'))
    await untilGivenUp(page)
    expect(await textOf(page, '.failure p')).toBe('The connection broke before the answer was complete.')
    await page.unroute('**/events')
    await page.click('.failure button:text("Try again")')
    gate.open()
    await ended(page)
    expect(await textOf(page, '.answer')).toBe(ANSWER)
    expect(await page.locator('.failure').isVisible()).toBe(false)
    expect(kit.upstream.hits).toHaveLength(index + 1)
  })

  it('may end with an error of a server that has fewer events than the page', async () => {
    const page = await kit.openWithModel()
    const partial = { finishReason: 'error', answer: 'He', sources: [], citations: [], warnings: [] }
    const lost = {
      type: 'error',
      code: 'producer-lost',
      message: 'The server has gone away',
      phase: 'generating',
      partial,
    }
    const tokens = ['He', 'll', 'o'].map((delta, seq) => ({ type: 'token', delta, seq }))
    await page.route('**/chat', (route) => route.fulfill(eventStream(...tokens)))
    await page.route('**/events', (route) => route.fulfill(eventStream({ ...lost, seq: 1 })))
    await ask(page, QUESTION)
    await ended(page)
    expect(await textOf(page, '.answer')).toBe('Hello')
    expect(await textOf(page, '.failure p')).toBe('The server has gone away.')
    expect(await textOf(page, '.failure button')).toBe('Ask again')
  })
})

describe('a rejected question', () => {
  it.each([
    [429, 'Too many answers are running at the moment', 'Too many answers are running at the moment.'],
    [503, 'The server is shutting down', 'The server is shutting down.'],
    [410, 'This answer can no longer be replayed', 'The server no longer has this answer.'],
    [502, undefined, 'The server answered with status 502.'],
  ])('with status %i and %j shows that in one sentence, and can be asked again', async (status, message, shown) => {
    kit.upstream.use(faults.answer('By a signal [1].'))
    const page = await kit.openWithModel({ tolerates: /\b(4|5)\d\d\b/ })
    await page.route('**/chat', (route) => route.fulfill({ status, json: { message } }))
    await ask(page, QUESTION)
    await ended(page)
    expect(await textOf(page, '.failure p')).toBe(shown)
    expect(await textOf(page, '.status')).toBe('No answer')
    await page.unroute('**/chat')
    await page.click('text=Ask again')
    await answerIs(page, 'By a signal [1].')
    expect(await page.locator('.turn').count()).toBe(1)
  })

  it('that another tab has already asked leads to that answer, and is kept for later', async () => {
    kit.upstream.use(faults.answer('By a signal [1].'))
    const first = await kit.openWithModel()
    await ask(first, QUESTION)
    await ended(first)
    const second = await kit.openTab(first, { tolerates: /409/ })
    await ended(second)
    kit.upstream.enqueue([faults.answer('Which failures are retried?'), faults.stall({ deltas: ['Hello'] })])
    await ask(first, 'Which are retried?')
    await answerContains(first, 'Hello')
    await ask(second, 'And what then?')
    await ended(second)
    expect(await textOf(second, '.failure p')).toBe('Another answer is still running in this conversation.')
    await second.click('text=Show it')
    await answerContains(second, 'Hello')
    expect(await second.locator('.question').allTextContents()).toEqual([QUESTION, 'Which are retried?'])
    expect(await second.inputValue('#question')).toBe('And what then?')
    expect(await focused(second)).toBe('#question')
    await second.click('#stop')
    await ended(first)
  })
})

describe('an answer whose server was killed', () => {
  it('is shown as lost, and is replaced when it is asked again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ragwire-demo-'))
    const env = { OPENAI_BASE_URL: kit.upstream.baseURL, DEMO_DATABASE: join(folder, 'conversations.db') }
    kit.upstream.use(faults.stall({ deltas: ['Hello'] }))
    const dying = await startDemo(env)
    const page = await kit.openAt(dying)
    await ask(page, QUESTION)
    await answerContains(page, 'Hello')
    await dying.stop('SIGKILL')

    const next = await startDemo(env)
    await page.goto(page.url().replace(dying.url, next.url))
    await ended(page)
    expect(await page.locator('.question').allTextContents()).toEqual([QUESTION])
    expect(await textOf(page, '.failure p')).toBe('The server no longer has this answer.')
    kit.upstream.use(faults.answer('By a signal [1].'))
    await page.click('text=Ask again')
    await answerIs(page, 'By a signal [1].')
    await ended(page)
    await page.reload()
    await ended(page)
    expect(await page.locator('.answer').allTextContents()).toEqual(['By a signal [1].'])
    await next.stop()
    await rm(folder, { recursive: true })
  })
})

/** Resolves when the answer is exactly `text`. */
async function answerIs(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (expected) => document.querySelector('.turn:last-child .answer')?.textContent === expected,
    text,
  )
}
