import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page, Route } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createFaultProxy, createGate, faults } from '../../src/testing.ts'
import { startServe } from '../cli/start-serve.ts'
import { answerContains, ask, ended, eventStream, QUESTION, textOf, untilGivenUp, useServe } from './use-serve.ts'

const kit = useServe()

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
    await using proxy = await createFaultProxy({ upstreamPort: Number(new URL(kit.modelServer.url).port) })
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
      // The server answers, but the page does not receive it.
      await route.fetch()
      return route.abort()
    })
    await ask(page, QUESTION)
    await ended(page)
    expect(await textOf(page, '.answer')).toBe('By a signal [1].')
    expect([requests, kit.upstream.hits.length]).toEqual([1, index + 1])
  })

  it('and cannot be restored offers a retry, from the last received event', async () => {
    const index = kit.upstream.hits.length
    const gate = createGate()
    kit.upstream.use(faults.answer(DELTAS, { gate }))
    await using proxy = await createFaultProxy({ upstreamPort: Number(new URL(kit.modelServer.url).port) })
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
    expect(await textOf(page, '.answer')).toBe('He')
    expect(await textOf(page, '.failure p')).toBe('The server no longer has this answer.')
    expect(await textOf(page, '.failure button')).toBe('Ask again')
  })
})

describe('a rejected question', () => {
  it.each([
    [429, 'too-many-runs', 'Too many answers are running at the moment.', 'Ask again'],
    [400, 'invalid-input', 'This cannot be used.', 'Ask again'],
    [410, 'run-expired', 'The server no longer has this answer.', 'Ask again'],
    [502, undefined, 'The server cannot be reached. Is it still running?', 'Try again'],
  ])(
    'with status %i and %j shows that in one sentence, and can be asked again',
    async (status, code, shown, remedy) => {
      kit.upstream.use(faults.answer('By a signal [1].'))
      const page = await kit.openWithModel({ tolerates: /\b(4|5)\d\d\b/ })
      const message = status === 400 ? 'This cannot be used' : 'Too many answers are running at the moment'
      await page.route('**/chat', (route) => route.fulfill({ status, json: { code, message, retryable: false } }))
      await page.route('**/events', (route) => route.fulfill({ status, json: { code, message, retryable: false } }))
      await page.clock.install()
      await ask(page, QUESTION)
      // The page tries to connect again only after this one.
      if (status === 502) await untilGivenUp(page)
      await ended(page)
      expect(await textOf(page, '.failure p')).toBe(shown)
      expect(await textOf(page, '.status')).toBe('No answer')
      await page.unroute('**/chat')
      await page.unroute('**/events')
      await page.click(`.remedies button:text("${remedy}")`)
      await answerIs(page, 'By a signal [1].')
      expect(await page.locator('.turn').count()).toBe(1)
    },
  )

  it('because another answer is running offers to show that answer', async () => {
    const { page, other } = await openBlocked()
    await page.click('text=Show it')
    await page.waitForFunction(() => document.querySelector('.turn:nth-child(2) .answer')?.textContent === 'Hello')
    expect(await page.locator('.question').allTextContents()).toEqual([
      QUESTION,
      'Which are retried?',
      'And what then?',
    ])
    await page.click('#stop')
    await isStopped(other)
    await isStopped(page)
  })

  it('because another answer is running offers to stop that answer, and to ask', async () => {
    const { page, other } = await openBlocked()
    kit.upstream.enqueue([faults.answer('What happens then?'), faults.answer('By a signal [1].')])
    await page.click('text=Stop it and ask')
    await answerIs(page, 'By a signal [1].')
    await isStopped(other)
    // The turn of the other tab is loaded after the answer.
    await page.waitForSelector('.turn:nth-child(3)')
    expect(await page.locator('.question').allTextContents()).toEqual([
      QUESTION,
      'Which are retried?',
      'And what then?',
    ])
  })
})

/** Resolves when the second turn was stopped. */
async function isStopped(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.turn:nth-child(2) .status')?.textContent === 'Stopped')
}

/** Opens two tabs of a conversation. One has asked without knowing of the other's question, and was refused. */
async function openBlocked(): Promise<{ readonly page: Page; readonly other: Page }> {
  kit.upstream.use(faults.answer('By a signal [1].'))
  const other = await kit.openWithModel()
  await ask(other, QUESTION)
  await ended(other)
  const page = await kit.openTab(other, { tolerates: /409|404/ })
  await ended(page)
  await page.evaluate(() => (BroadcastChannel.prototype.dispatchEvent = () => true))
  await other.evaluate(() => (BroadcastChannel.prototype.postMessage = () => {}))
  kit.upstream.enqueue([faults.answer('Which failures are retried?'), faults.stall({ deltas: ['Hello'] })])
  await ask(other, 'Which are retried?')
  await answerContains(other, 'Hello')
  await ask(page, 'And what then?')
  await ended(page)
  expect(await textOf(page, '.failure p')).toBe('Another answer is still running in this conversation.')
  return { page, other }
}

describe('an answer whose server was killed', () => {
  it('is shown as lost, and is replaced when it is asked again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ragwire-serve-'))
    const call = { data: folder, env: { OPENAI_BASE_URL: kit.upstream.baseURL } }
    kit.upstream.use(faults.stall({ deltas: ['Hello'] }))
    const dying = await startServe(call)
    const page = await kit.openAt(dying)
    await ask(page, QUESTION)
    await answerContains(page, 'Hello')
    await dying.stop('SIGKILL')

    const next = await startServe(call)
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
