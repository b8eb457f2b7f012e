import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCutProxy, type CutProxy } from '../client/support/cut-proxy.ts'
import { openInstances, WORDS, type Instances } from '../client/support/open-instances.ts'
import { hasNginx } from '../support/nginx.ts'
import { hasRedis } from '../support/redis-server.ts'
import { bundleClient, PAGE, POLICY, send, snapshot, untilAnswer, untilStatus, useClient } from './use-client.ts'

const kit = useClient()

const question = 'How long do cats sleep?'

describe.skipIf(!hasRedis || !hasNginx)('a page of three servers behind nginx', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-page-'))
  let site: Instances
  let proxy: CutProxy
  beforeAll(async () => {
    writeFileSync(join(folder, 'index.html'), PAGE)
    writeFileSync(join(folder, 'client.js'), await bundleClient('/'))
    site = await openInstances({ folder, policy: POLICY })
    proxy = await createCutProxy({ upstreamPort: Number(new URL(site.url).port) })
  })
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]()
    await site?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Opens the page, asks, and lets the producer say some pieces. */
  async function ask(pieces: number) {
    await site.startAll()
    const page = await kit.open(`${proxy.url}/page/`, { tolerates: /net::ERR_|50\d/u })
    const upstream = watchUpstream(page)
    const before = site.generations()
    const asked = send(page, question)
    await expect.poll(upstream).toBeGreaterThan(0)
    const producer = upstream()
    for (const word of WORDS.slice(0, pieces)) site.instance(producer).say(word)
    await untilAnswer(page, WORDS.slice(0, pieces).join(''))
    return { page, asked, producer, upstream, generations: () => site.generations() - before }
  }

  /** Returns a function that gives the port of the server that sends the events to the page. */
  function watchUpstream(page: Page): () => number {
    let port = 0
    page.on('response', (response) => {
      if (/\/(?:chat|events)$/u.test(response.url()) && response.ok()) {
        port = site.portOf(response.headers()['x-upstream'] ?? null)
      }
    })
    return () => port
  }

  it('shows the same text, with one generation, when the one that it is connected to is killed', async () => {
    const { page, asked, producer, upstream, generations } = await ask(2)
    while (upstream() === producer) {
      proxy.breakConnections()
      await page.waitForResponse((response) => response.url().endsWith('/events') && response.ok())
    }
    await site.kill(upstream())
    for (const word of WORDS.slice(2)) site.instance(producer).say(word)
    site.instance(producer).finish()
    await asked
    expect(await snapshot(page)).toMatchObject({ turns: [{ status: 'done', result: { answer: WORDS.join('') } }] })
    expect(generations()).toBe(1)
  })

  it('shows the stored part and that the answer is lost when the producer is killed, and asks no second time', async () => {
    const { page, asked, producer, generations } = await ask(3)
    await site.kill(producer)
    await asked
    await untilStatus(page, 'error')
    const [turn] = (await snapshot(page)).turns
    expect(turn).toMatchObject({ status: 'error', error: { code: 'producer-lost', retryable: true } })
    expect(
      WORDS.slice(0, 3)
        .join('')
        .startsWith(turn?.result.answer ?? 'none'),
    ).toBe(true)
    expect(generations()).toBe(1)
  })
})
