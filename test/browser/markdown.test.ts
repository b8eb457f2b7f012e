import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { createGate, faults } from '../../src/testing.ts'
import { answerContains, ask, ended, QUESTION, useServe } from './use-serve.ts'

const kit = useServe()

describe('the Markdown of an answer', () => {
  it('is rendered, with its citation markers as buttons', async () => {
    const page = await openAnswered(
      '## Ways\n\n**Press _stop_** [1], or:\n\n1. leave [2]\n2. wait\n\n| a | b |\n| - | - |\n| c | d [1] |\n\n```ts\nlist[1]\n```',
    )
    const answer = page.locator('.answer')
    expect(await answer.textContent()).not.toMatch(/[#*|_`]/)
    expect(await answer.locator('h3').textContent()).toBe('Ways')
    expect(await answer.locator('strong em').textContent()).toBe('stop')
    expect(await answer.locator('td .marker').allTextContents()).toEqual(['[1]'])
    expect(await answer.locator('li .marker').allTextContents()).toEqual(['[2]'])
    expect(await answer.locator('pre').textContent()).toBe('list[1]\n')
    expect(await answer.locator('pre .marker').count()).toBe(0)
    expect(await answer.locator('.marker').count()).toBe(3)
  })

  it('makes links only of addresses of the web, which open elsewhere and know nothing of this page', async () => {
    const page = await openAnswered(
      '[web](https://docs.example/a) [plain](http://docs.example) [script](javascript:alert(1)) [data](data:text/html,x) ' +
        '[sneaky](java\tscript:alert(1)) [entity](&#106;avascript:alert(1)) [file](file:///etc/passwd) [own](/threads) ' +
        '[mail](mailto:a@b.example) <javascript:alert(1)> [vb](VBScript:x) [protocol](//evil.example)',
    )
    const links = await page
      .locator('.answer a')
      .evaluateAll((elements) =>
        elements.map((element) => ['href', 'target', 'rel'].map((name) => element.getAttribute(name))),
      )
    expect(links).toEqual([
      ['https://docs.example/a', '_blank', 'noopener noreferrer'],
      ['http://docs.example', '_blank', 'noopener noreferrer'],
    ])
    expect(await page.locator('.answer').textContent()).toContain('script data')
  })

  it('of a thousand levels, which no parser survives, is shown as text, and the page goes on', async () => {
    for (const mark of ['- ', '>']) {
      const page = await openAnswered(`${mark.repeat(2000)}deep`)
      expect(await page.locator('.answer').textContent()).toContain('deep')
      expect(await page.locator('#send').isVisible()).toBe(true)
      // The stored answer, too.
      await page.reload()
      await ended(page)
      expect(await page.locator('.answer').textContent()).toContain('deep')
    }
  })

  it('of a hundred levels stays as wide as the page', async () => {
    const list = Array.from({ length: 100 }, (_, level) => `${'  '.repeat(level)}- ${level}`).join('\n')
    const page = await openAnswered(`${list}\n\n${'>'.repeat(100)} quoted`)
    expect(await page.locator('.answer li').count()).toBe(100)
    await page.setViewportSize({ width: 360, height: 800 })
    const wider = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      return scrollWidth - clientWidth
    })
    expect(wider).toBeLessThanOrEqual(0)
  })

  it('loads no image: a link with its description stands for it', async () => {
    const page = await openAnswered('![A diagram](https://pictures.example/a.png) ![x](javascript:alert(1))')
    expect(await page.locator('.answer a').allTextContents()).toEqual(['A diagram'])
    expect(await page.locator('.answer img').count()).toBe(0)
  })

  it('keeps a selection in a finished answer while the next one is written', async () => {
    kit.upstream.use(faults.answer('First answer [1].'))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    await ended(page)
    const gate = createGate()
    kit.upstream.enqueue([faults.answer(QUESTION), faults.answer(['One ', 'two ', 'three.'], { gate })])
    await ask(page, QUESTION)
    gate.release()
    await answerContains(page, 'One')
    await page.evaluate(() => getSelection()?.selectAllChildren(document.querySelector('.answer') ?? document.body))
    gate.open()
    await answerContains(page, 'three.')
    await ended(page)
    expect(await page.evaluate(() => String(getSelection()))).toBe('First answer [1].')
  })

  it('keeps a selection in the paragraph that is being written', async () => {
    const gate = createGate()
    kit.upstream.use(faults.answer(['Some **bold** words', ' and more [1]', ' and the end.'], { gate }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    gate.release()
    await answerContains(page, 'words')
    await page.evaluate(() =>
      getSelection()?.selectAllChildren(document.querySelector('.answer strong') ?? document.body),
    )
    gate.open()
    await ended(page)
    expect(await page.evaluate(() => String(getSelection()))).toBe('bold')
  })

  it('is rendered once: a long answer that grows leaves its earlier blocks alone', async () => {
    const paragraph = 'A **sentence** of a long answer with `code`, a [link](https://docs.example) and a marker [1]. '
    const parts = Array.from(
      { length: 80 },
      (_, index) => `### Part ${index}\n\n${paragraph.repeat(4)}\n\n- one\n- two\n\n`,
    )
    expect(parts.join('').length).toBeGreaterThan(30_000)
    const gate = createGate()
    kit.upstream.use(faults.answer([parts.slice(0, 60).join(''), ...parts.slice(60)], { gate }))
    const page = await kit.openWithModel()
    await ask(page, QUESTION)
    gate.release()
    await answerContains(page, 'Part 58')
    await page.evaluate(() => {
      const seen: string[] = []
      Object.assign(globalThis, { seen })
      const earlier = [...(document.querySelector('.answer')?.children ?? [])].slice(0, -1)
      const observer = new MutationObserver((records) => seen.push(...records.map(({ type }) => type)))
      for (const block of earlier) observer.observe(block, { subtree: true, childList: true, characterData: true })
    })
    gate.open()
    await answerContains(page, 'Part 79')
    await ended(page)
    expect(await page.evaluate(() => Reflect.get(globalThis, 'seen'))).toEqual([])
    expect(await page.locator('.answer h3').count()).toBe(80)
    expect(await page.locator('.answer .marker').count()).toBe(320)
  })
})

describe('untrusted text', () => {
  const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script><b>x</b>'

  it('of an answer, in every place of its Markdown, never becomes an element', async () => {
    const places = [HOSTILE, `# ${HOSTILE}`, `- ${HOSTILE}`, `| ${HOSTILE} |\n| - |\n| ${HOSTILE} |`, `\`${HOSTILE}\``]
    const titles = [`[a](https://a.example '"><script>x</script>')`, `![${HOSTILE}](https://a.example/"onload="x)`]
    const page = await openAnswered(
      [...places, ...titles, '<cite data-citations="0">', '<svg><use href="#a">'].join('\n\n'),
    )
    const found = page.locator('.answer :is(img, script, b, svg, use, iframe, [onload], [onerror], [style])')
    expect(await found.count()).toBe(0)
    expect(await page.locator('.answer :is(cite, .marker)').count()).toBe(0)
    expect(await page.title()).toBe('ragwire')
    expect(await page.locator('.answer').textContent()).toContain('<b>x</b>')
  })

  it('of a source, its section and its address, and the title of a conversation, stays text', async () => {
    const page = await kit.open()
    const source = {
      number: 1,
      sourceId: 's',
      documentId: 'd',
      chunkId: 'c',
      title: HOSTILE,
      section: [HOSTILE],
      url: 'javascript:alert(1)',
      text: `# ${HOSTILE}\n\n${HOSTILE}`,
      metadata: {},
    }
    const citation = { index: 0, number: 1, sourceId: 's', start: 0, end: 3, claim: { start: 0, end: 5 } }
    const checked = { ...citation, support: 'weak', reasons: [`name:${HOSTILE}`], passage: { start: 2, end: 30 } }
    const result = {
      finishReason: 'stop',
      answer: '[1] a',
      sources: [source],
      citations: [checked],
      query: { question: 'x', query: HOSTILE, condensed: true },
      warnings: [{ code: 'unheard', message: HOSTILE }],
      timings: { total: 1 },
    }
    await page.route('**/threads/*', (route) =>
      route.fulfill({ json: { turns: [{ runId: crypto.randomUUID(), question: HOSTILE, result }] } }),
    )
    await page.route('**/threads?*', (route) =>
      route.fulfill({ json: { threads: [{ threadId: 't', title: HOSTILE, turns: 1, updatedAt: 0 }] } }),
    )
    await page.evaluate(() => (location.hash = '#thread=t'))
    await page.reload()
    await ended(page)
    await page.locator('.marker').click()
    expect(await page.locator('#passage .title').textContent()).toBe(HOSTILE)
    expect(await page.locator('#passage .text').textContent()).toContain('<b>x</b>')
    expect(await page.locator('.query q').textContent()).toBe(HOSTILE)
    expect(await page.locator('#threads .title').first().textContent()).toBe(HOSTILE)
    const places = ':is(.turn, #threads, #passage)'
    expect(await page.locator(`${places} :is(img, script, b, iframe, [onerror])`).count()).toBe(0)
    expect(await page.locator('a[href^="javascript" i]').count()).toBe(0)
    expect(await page.title()).toBe('ragwire')
  })

  it('could not run as a script or style: the policy of the page forbids both, and HTML as text', async () => {
    const page = await kit.open({ tolerates: /Content Security Policy|TrustedHTML/ })
    const response = await page.request.get(page.url())
    const policy = response.headers()['content-security-policy']
    expect(policy).not.toContain('unsafe')
    const outcome = await page.evaluate(() => {
      try {
        document.body.innerHTML = '<b>x</b>'
        return 'set'
      } catch (thrown) {
        return String(thrown)
      }
    })
    expect(outcome).toContain('TrustedHTML')
  })
})

/** Opens a page on which the model has given this answer. */
async function openAnswered(answer: string): Promise<Page> {
  kit.upstream.use(faults.answer(answer))
  const page = await kit.openWithModel()
  await ask(page, QUESTION)
  await ended(page)
  return page
}
