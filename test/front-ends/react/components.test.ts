import { stop } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatTurn } from '../../../src/client.ts'
import type { CheckedCitation, PartialChatResult, Source } from '../../../src/index.ts'
import { importWithReact, REACT_VERSIONS } from './support/bundle-react.ts'

type Parts = typeof import('./support/render-parts.tsx')

const CATS: Source = {
  number: 1,
  sourceId: 'cats-1',
  documentId: 'cats',
  chunkId: 'cats-1',
  title: 'Cats',
  section: ['Sleep', 'Hours'],
  url: 'https://example.com/cats',
  text: 'Cats are animals. Cats sleep 16 hours a day. They purr.',
  location: { page: 3 },
  metadata: {},
}

const CITATION: CheckedCitation = {
  index: 0,
  number: 1,
  sourceId: 'cats-1',
  start: 20,
  end: 23,
  support: 'supported',
  reasons: [],
  passage: { start: 18, end: 44 },
}

const RESULT: PartialChatResult = {
  answer: 'Cats sleep 16 hours [1].',
  sources: [CATS],
  citations: [CITATION],
  warnings: [],
}

afterAll(() => stop())

describe.each(REACT_VERSIONS)('with React %s', (react) => {
  let parts: Parts
  beforeAll(async () => {
    parts = await importWithReact('render-parts.tsx', react)
  })

  describe('Answer', () => {
    it('shows the text with its citations in place', () => {
      const html = parts.renderAnswer({ turn: turnOf(RESULT), className: 'mine', id: 'answer' })
      expect(html).toMatch(/^<div aria-live="polite" aria-busy="false" data-status="done" class="mine" id="answer">/u)
      expect(html).toMatch(
        /Cats sleep 16 hours <span data-support="supported"><button type="button" aria-label="Source 1: Cats">\[1\]<\/button>/u,
      )
      expect(html).toMatch(/<\/span>\.<\/div>$/u)
    })

    it('shows the passage in a mark, and the place and the link of the source', () => {
      const html = parts.renderAnswer({ turn: turnOf(RESULT) })
      expect(html).toContain(
        '<span data-part="title"><a href="https://example.com/cats" target="_blank" rel="noreferrer">Cats</a></span>',
      )
      expect(html).toContain('<span data-part="place">Sleep › Hours › p. 3</span>')
      expect(html).toContain(
        '<span data-part="text">Cats are animals. <mark>Cats sleep 16 hours a day.</mark> They purr.</span>',
      )
    })

    it('shows a source without a passage as it is', () => {
      const { passage: _passage, support: _support, ...citation } = CITATION
      const html = parts.renderAnswer({ turn: turnOf({ ...RESULT, citations: [citation] }) })
      expect(html).toContain(`<span data-part="text">${CATS.text}</span>`)
      expect(html).not.toContain('data-support')
    })

    it('names a citation that is not supported', () => {
      const html = parts.renderAnswer({ turn: turnOf({ ...RESULT, citations: [{ ...CITATION, support: 'weak' }] }) })
      expect(html).toContain('data-support="weak"')
      expect(html).toContain('aria-label="Source 1: Cats (weak)"')
    })

    it('shows a citation whose source has not come as text', () => {
      const html = parts.renderAnswer({ turn: turnOf({ ...RESULT, sources: [] }) })
      expect(html).toContain('>Cats sleep 16 hours [1].</div>')
    })

    it('shows the failure of a turn beside its text', () => {
      const error = { code: 'upstream-stalled', message: 'The model fell silent', retryable: true } as const
      const html = parts.renderAnswer({ turn: { ...turnOf(RESULT), status: 'error', error } })
      expect(html).toContain('<p role="alert">The model fell silent</p>')
      expect(html).toContain('[1]')
    })

    it('is busy while the answer is running', () => {
      for (const status of ['submitted', 'streaming'] as const) {
        expect(parts.renderAnswer({ turn: { ...turnOf(RESULT), status } })).toContain('aria-busy="true"')
      }
    })

    it('shows citations by a component of the page', () => {
      expect(parts.renderOwn({ turn: turnOf(RESULT) })).toContain('hours <b>1: Cats</b>.')
    })

    it('takes labels in another language', () => {
      const labels = { citation: () => '来源 1', page: (page: number) => `第 ${page} 页` }
      const html = parts.renderAnswer({ turn: turnOf(RESULT), labels })
      expect(html).toContain('aria-label="来源 1"')
      expect(html).toContain('第 3 页')
    })

    it('shows Markdown with citations', () => {
      const answer = '**Cats** sleep 16 [1] <cite>hours</cite>.'
      const citations = [{ ...CITATION, start: 18, end: 21 }]
      const html = parts.renderMarkdown({ turn: turnOf({ ...RESULT, answer, citations }) })
      expect(html).toContain('<p><strong>Cats</strong> sleep 16 <span data-support="supported"><button')
      expect(html).toContain('<mark>Cats sleep 16 hours a day.</mark>')
    })

    it('shows untrusted text as text, everywhere', () => {
      const evil = '<img src=x onerror=alert(1)>'
      const source = { ...CATS, title: evil, section: [evil], text: `${evil} ${evil}`, documentId: evil }
      const turn = turnOf({
        ...RESULT,
        answer: `${evil} [1]`,
        sources: [source],
        citations: [{ ...CITATION, start: 29, end: 32 }],
      })
      const error = { code: 'internal', message: evil, retryable: false } as const
      const html = parts.renderAnswer({ turn: { ...turn, error } }) + parts.renderSources({ turn })
      expect(html).toContain('onerror')
      expect(html).not.toContain('<img')
    })
  })

  describe.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '//evil.example',
    'mailto:a@example.com',
  ])('a source with the URL %j', (url) => {
    it('has no link', () => {
      const turn = turnOf({ ...RESULT, sources: [{ ...CATS, url }] })
      const html = parts.renderAnswer({ turn }) + parts.renderSources({ turn })
      expect(html).toContain('<span data-part="title">Cats</span>')
      expect(html).not.toContain('<a')
    })
  })

  describe('Turns', () => {
    it('shows each turn as an article: the question, the answer and its sources', () => {
      const turn = turnOf(RESULT)
      const html = parts.renderTurns({ turns: [turn, { ...turn, runId: 'next', question: 'And dogs?' }] })
      const answer = parts.renderAnswer({ turn }) + parts.renderSources({ turn })
      const ids = / (?:id|popovertarget)="[^"]*"/gu
      expect(html.replaceAll(ids, '')).toBe(
        ['How long?', 'And dogs?']
          .map((question) => `<article><h2>${question}</h2>${answer}</article>`)
          .join('')
          .replaceAll(ids, ''),
      )
    })
  })

  describe('Sources', () => {
    const DOGS: Source = {
      ...CATS,
      number: 2,
      sourceId: 'dogs-1',
      documentId: 'dogs',
      title: 'Dogs',
      url: 'http://dogs.example',
      section: [],
    }
    const more: Source = { ...CATS, number: 3, sourceId: 'cats-2', section: ['Food'], location: {} }
    const FISH: Source = { ...DOGS, number: 4, sourceId: 'fish-1', documentId: 'fish', title: 'Fish' }
    const turn = turnOf({
      ...RESULT,
      sources: [DOGS, CATS, more, FISH],
      citations: [CITATION, { ...CITATION, index: 1, number: 3, sourceId: 'cats-2' }],
    })

    it('shows one entry for each cited document, and the others behind a disclosure', () => {
      const html = parts.renderSources({ turn, className: 'mine' })
      expect(html).toMatch(/^<div role="group" aria-label="Sources" class="mine">/u)
      expect(textOf(html)).toBe('Cats [1] Sleep › Hours › p. 3 [3] Food2 moreDogs [2] p. 3Fish [4] p. 3')
      expect(html).toContain('<details><summary>2 more</summary><ul>')
      expect(html.match(/<li>/gu)).toHaveLength(3)
    })

    it('leaves the others out, or shows all', () => {
      const cited = parts.renderSources({ turn, show: 'cited' })
      expect(textOf(cited)).toBe('Cats [1] Sleep › Hours › p. 3 [3] Food')
      const all = parts.renderSources({ turn, show: 'all' })
      expect(textOf(all)).toBe('Cats [1] Sleep › Hours › p. 3 [3] FoodDogs [2] p. 3Fish [4] p. 3')
      expect(cited + all).not.toContain('details')
    })

    it('shows the state of a source whose document has changed since the answer', () => {
      const changed = parts.renderSources({
        turn: { ...turn, sourceStates: ['gone', 'same', 'changed', 'moved'] },
        show: 'all',
      })
      expect(textOf(changed)).toBe(
        'Cats [1] Sleep › Hours › p. 3 gone since [3] Food changed sinceDogs [2] p. 3Fish [4] p. 3 moved since',
      )
      expect(changed).toContain('<span data-part="state">changed since</span>')
    })

    it('shows all sources behind a disclosure while none is cited', () => {
      const html = parts.renderSources({ turn: turnOf({ ...RESULT, citations: [] }) })
      expect(html).toContain('<details><summary>Sources (1)</summary>')
    })

    it('renders nothing without sources', () => {
      expect(parts.renderSources({ turn: turnOf({ ...RESULT, sources: [] }) })).toBe('')
      expect(parts.renderSources({ turn: turnOf({ ...RESULT, citations: [] }), show: 'cited' })).toBe('')
    })

    it('renders the content of an entry by a function', () => {
      const html = parts.renderSources({ turn, children: ({ sources }) => sources.map(({ number }) => number).join() })
      expect(html).toContain('<ul><li>1,3</li></ul>')
      expect(html).toContain('<ul><li>2</li><li>4</li></ul>')
    })
  })
})

function turnOf(result: PartialChatResult): ChatTurn {
  return { runId: 'run', question: 'How long?', status: 'done', isStopping: false, isReconnecting: false, result }
}

function textOf(html: string): string {
  return html.replaceAll(/<[^>]+>/gu, '')
}
