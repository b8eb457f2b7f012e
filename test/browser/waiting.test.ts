import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { createGate, faults, step } from '../../src/testing.ts'
import { ask, ended, QUESTION, textOf, useServe } from './use-serve.ts'

const kit = useServe()

/** Returns the positions of all elements on the page, to detect movement. */
function layoutOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.turn:last-child > *, #composer')].map((element) => {
      const { x, y, height } = element.getBoundingClientRect()
      return [element.className || element.id, x, y, height].join(' ')
    }),
  )
}

/** Replaces the clock and the interval of the page, but not the timeouts of its connection: the server is real. */
function installClock(page: Page): Promise<void> {
  return page.evaluate(() => {
    let time = performance.now()
    const ticks = new Set<unknown>()
    performance.now = () => time
    Object.assign(globalThis, {
      setInterval: (tick: unknown) => ticks.add(tick) && tick,
      clearInterval: (tick: unknown) => ticks.delete(tick),
      async advance(ms: number) {
        for (let rest = ms; rest > 0; rest -= 1000) {
          time += 1000
          for (const tick of ticks) if (typeof tick === 'function') tick()
          // Observers of the page see each second.
          await Promise.resolve()
        }
      },
    })
  })
}

/** Lets time pass for the display, a second at a time. */
function advance(page: Page, ms: number): Promise<void> {
  return page.evaluate((time) => Reflect.get(globalThis, 'advance')(time), ms)
}

describe.each([360, 1280])('a model that thinks for a minute and a half, on a page %i pixels wide', (width) => {
  it('A12: shows that the page is waiting, for how long, and then the answer', async () => {
    const gate = createGate()
    kit.upstream.use(faults.answer('By a signal [1].', { gate }))
    const page = await kit.openWithModel()
    await page.setViewportSize({ width, height: 800 })
    await installClock(page)
    await ask(page, QUESTION)
    await page.waitForSelector('.turn[data-state=writing]')
    expect(await textOf(page, '.status')).toBe('Writing…')
    const before = await layoutOf(page)
    await advance(page, 4_000)
    expect(await textOf(page, '.status')).toBe('Writing…')

    for (const [ms, seconds] of [
      [3_000, 7],
      [60_000, 67],
      [23_000, 90],
    ] as const) {
      await advance(page, ms)
      expect(await textOf(page, '.status')).toBe(`Waiting for the model… ${seconds} s`)
      expect(await layoutOf(page)).toEqual(before)
    }
    expect(await page.locator('#announcer').textContent()).toMatch(/^Waiting for the model… \d+ seconds$/)

    gate.open()
    await page.waitForFunction(() => document.querySelector('.answer')?.textContent.includes('By a signal'))
    await ended(page)
    expect(await textOf(page, '.status')).toMatch(/^Done in /)
    await advance(page, 60_000)
    expect(await textOf(page, '.status')).toMatch(/^Done in /)
  })
})

describe('a wait', () => {
  it('A12: is announced to a screen reader at its beginning and every half minute, not every second', async () => {
    kit.upstream.use(faults.stall({ deltas: [] }))
    const page = await kit.openWithModel()
    await installClock(page)
    await ask(page, QUESTION)
    await page.waitForSelector('.turn[data-state=writing]')
    await page.evaluate(() => {
      const said: string[] = []
      Object.assign(globalThis, { said })
      const announcer = document.querySelector('#announcer')
      new MutationObserver(() => said.push(announcer?.textContent ?? '')).observe(announcer ?? document, {
        childList: true,
      })
    })
    await advance(page, 70_000)
    const said: readonly string[] = await page.evaluate(() => Reflect.get(globalThis, 'said'))
    expect(said.filter((text: string) => text !== '')).toEqual(
      [5, 35, 65].map((seconds) => `Waiting for the model… ${seconds} seconds`),
    )
    await page.click('#stop')
    await ended(page)
  })

  it('A12: ends when the user stops, and restarts at every event of the model', async () => {
    const gate = createGate()
    kit.upstream.use(faults.sequence(step.role(), 'Hello', step.gate(gate), ' world', step.silence()))
    const page = await kit.openWithModel()
    await installClock(page)
    await ask(page, QUESTION)
    await page.waitForFunction(() => document.querySelector('.answer')?.textContent === 'Hello')
    await advance(page, 10_000)
    expect(await textOf(page, '.status')).toMatch(/^Waiting for the model… \d+ s$/)
    gate.open()
    await page.waitForFunction(() => document.querySelector('.answer')?.textContent === 'Hello world')
    expect(await textOf(page, '.status')).toBe('Writing…')
    await advance(page, 10_000)
    expect(await textOf(page, '.status')).toMatch(/^Waiting for the model… \d+ s$/)
    await page.click('#stop')
    await ended(page)
    expect(await textOf(page, '.status')).toBe('Stopped')
    await advance(page, 10_000)
    expect(await textOf(page, '.status')).toBe('Stopped')
  })
})

describe('an answer that failed', () => {
  it('D2: shows the same after a reload as when it failed', async () => {
    kit.upstream.use(faults.incomplete({ deltas: ['Hello'] }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await ended(page)
    expect(await textOf(page, '.failure p')).toBe('The answer ended before it was complete.')
    await page.reload()
    await ended(page)
    expect(await textOf(page, '.failure p')).toBe('The answer ended before it was complete.')
    expect(await textOf(page, '.failure button')).toBe('Ask again')
    expect(await textOf(page, '.answer')).toBe('Hello')
  })
})
