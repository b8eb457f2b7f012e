import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatEvent, FinishReason } from '../../../src/index.ts'
import { openaiChat } from '../../../src/openai-chat.ts'
import { anyText, eventsSaying, resultOf, START, token } from '../../support/chat-events.ts'
import { chunksOf, encodeWith, parseChunks, textOf } from './support/chunks.ts'
import { citedEvents, sourceOf } from './support/cited-answer.ts'

const TWO = [sourceOf(1), sourceOf(2)]

describe('the chunks of a stream', () => {
  it('have the same id, time and model, and a list of choices', () => {
    const chunks = chunksOf(citedEvents(TWO), { models: ['docs', 'other'] })
    expect(chunks.length).toBeGreaterThan(5)
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({
        id: 'chatcmpl-run',
        object: 'chat.completion.chunk',
        created: 1_700_000_000,
        model: 'docs',
        choices: expect.any(Array),
      })
    }
  })

  it('begin with the role, end with the finish reason, and have the text between', () => {
    const chunks = chunksOf(eventsSaying(['Hello', ' world']))
    expect(chunks.map(({ choices }) => choices)).toEqual([
      [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
      [{ index: 0, delta: { content: 'Hello' }, finish_reason: null }],
      [{ index: 0, delta: { content: ' world' }, finish_reason: null }],
      [{ index: 0, delta: {}, finish_reason: 'stop' }],
    ])
  })

  it('have any text for any split into tokens, except for surrogates that are never paired', () => {
    fc.assert(
      fc.property(anyText(), fc.array(fc.nat({ max: 40 }), { maxLength: 4 }), (text, cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
        const deltas = places.slice(1).map((end, index) => text.slice(places[index], end))
        const chunks = chunksOf(eventsSaying(deltas))
        expect(textOf(chunks)).toBe(deltas.join('').toWellFormed())
        for (const { choices } of chunks) {
          for (const { delta } of choices) expect((delta.content ?? '').isWellFormed()).toBe(true)
        }
      }),
    )
  })

  it('are the same bytes for the same events', () => {
    const encode = () => encodeWith(openaiChat({ now: () => 1_000 }), citedEvents(TWO))
    expect(encode()).toBe(encode())
  })

  it.each<[FinishReason, string]>([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content-filter', 'content_filter'],
    ['no-evidence', 'stop'],
    ['abort', 'stop'],
    ['other', 'stop'],
  ])('say for an answer that ends with %s: %s', (finishReason, wanted) => {
    const chunks = chunksOf([START, { type: 'done', seq: 1, ...resultOf(''), finishReason }])
    expect(chunks.at(-1)?.choices).toEqual([{ index: 0, delta: {}, finish_reason: wanted }])
  })

  it('end with an error object and without a finish reason if the run fails', () => {
    const partial = { ...resultOf('Hel'), finishReason: 'error' as const }
    const failed: ChatEvent = {
      type: 'error',
      seq: 2,
      code: 'upstream-timeout',
      message: 'The model took too long',
      retryable: true,
      phase: 'generating',
      partial,
    }
    const chunks = chunksOf([START, token('Hel', { seq: 1, at: 0 }), failed])
    expect(chunks.at(-1)).toEqual({
      error: { message: 'The model took too long', type: 'server_error', param: null, code: 'upstream-timeout' },
    })
    expect(JSON.stringify(chunks)).not.toContain('"finish_reason":"')
    expect(parseChunks(encodeWith(openaiChat(), [failed]))).toHaveLength(1)
  })
})

describe('the sources of a stream', () => {
  const events = citedEvents(TWO)

  it('are annotations of the chunk with the finish reason, in the order of their markers', () => {
    const last = chunksOf(events).at(-1)
    expect(last?.choices).toEqual([
      {
        index: 0,
        delta: {
          annotations: [
            {
              type: 'url_citation',
              url_citation: { url: 'https://docs.test/2', title: 'Title 2', start_index: 9, end_index: 12 },
            },
            {
              type: 'url_citation',
              url_citation: { url: 'https://docs.test/1', title: 'Title 1', start_index: 21, end_index: 24 },
            },
          ],
        },
        finish_reason: 'stop',
      },
    ])
  })

  it('are lists in the order of their numbers, once and before the text', () => {
    const chunks = chunksOf(events)
    const lists = chunks.filter(({ citations }) => citations !== undefined)
    expect(lists).toMatchObject([
      {
        citations: ['https://docs.test/1', 'https://docs.test/2'],
        search_results: [
          { title: 'Title 1', url: 'https://docs.test/1' },
          { title: 'Title 2', url: 'https://docs.test/2' },
        ],
        choices: [{ delta: { content: '' }, finish_reason: null }],
      },
    ])
    expect(chunks[1]).toBe(lists[0])
  })

  it('are lists again if a source comes after the first token', () => {
    const late: ChatEvent = { type: 'source', seq: 0, source: sourceOf(3) }
    const chunks = chunksOf([...events.slice(0, -1), late, ...events.slice(-1)])
    expect(chunks.flatMap(({ citations }) => citations ?? [])).toHaveLength(5)
  })

  it('are no list if one of them has no URL, because the numbers of the markers would be wrong', () => {
    const { url: _url, ...local } = sourceOf(1)
    const chunks = chunksOf(citedEvents([local, sourceOf(2)]))
    expect(JSON.stringify(chunks)).not.toMatch(/search_results|"citations"/)
    expect(chunks.at(-1)?.choices[0]?.delta.annotations).toMatchObject([
      { url_citation: { url: 'https://docs.test/2', start_index: 9 } },
    ])
  })

  it('are left out if their switches are off', () => {
    const chunks = chunksOf(events, { sources: { annotations: false, citations: false } })
    expect(JSON.stringify(chunks)).not.toContain('docs.test')
    expect(textOf(chunks)).toBe('So it is [2], and so [1].')
  })

  it('are a Markdown list of the cited ones at the end of the text, if it is switched on', () => {
    const { url: _url, ...second } = sourceOf(2, { title: 'Terms *and*\n<b>[conditions](x)</b>' })
    const sources = [sourceOf(1, { url: 'https://docs.test/a_(b)?c=<d>' }), second, sourceOf(3)]
    const chunks = chunksOf(citedEvents(sources), { sources: { list: true } })
    expect(textOf(chunks)).toBe(
      [
        'So it is [2], and so [1].',
        '',
        '- \\[1\\] [Title 1](<https://docs.test/a_(b)?c=%3Cd%3E>)',
        '- \\[2\\] Terms \\*and\\* \\<b\\>\\[conditions\\]\\(x\\)\\<\\/b\\>',
      ].join('\n'),
    )
    expect(textOf(chunksOf(eventsSaying(['Hello']), { sources: { list: true } }))).toBe('Hello')
  })
})

describe('the events for Open WebUI', () => {
  const open = { sources: { openWebUI: true } }

  it('have each source with its text, under an id and a name of its own, in the order of the numbers', () => {
    const same = [sourceOf(1, { title: 'Terms' }), sourceOf(2, { title: 'Terms' }), sourceOf(3, { title: 'Terms (2)' })]
    const found = chunksOf(citedEvents(same), open).flatMap(({ event }) => (event?.type === 'source' ? [event] : []))
    expect(found.map(({ data }) => data)).toEqual([
      {
        source: { id: 's1', name: 'Terms', url: 'https://docs.test/1' },
        document: ['Text 1'],
        metadata: [{ source: 's1', name: 'Terms', source_url: 'https://docs.test/1' }],
      },
      {
        source: { id: 's2', name: 'Terms (2)', url: 'https://docs.test/2' },
        document: ['Text 2'],
        metadata: [{ source: 's2', name: 'Terms (2)', source_url: 'https://docs.test/2' }],
      },
      {
        source: { id: 's3', name: 'Terms (2) (3)', url: 'https://docs.test/3' },
        document: ['Text 3'],
        metadata: [{ source: 's3', name: 'Terms (2) (3)', source_url: 'https://docs.test/3' }],
      },
    ])
  })

  it('have the status of the search, which is done before the text', () => {
    const chunks = chunksOf(citedEvents(TWO), open)
    expect(chunks.flatMap(({ event }) => (event?.type === 'status' ? [event.data] : []))).toMatchObject([
      { action: 'knowledge_search', query: 'Is it so?', done: false },
      { action: 'sources_retrieved', count: 2, done: true },
    ])
    const at = chunks.findIndex(({ event }) => event?.data['done'] === true)
    expect(textOf(chunks.slice(0, at))).toBe('')
  })

  it('leave annotations out, which Open WebUI would show as further sources', () => {
    const chunks = chunksOf(citedEvents(TWO), open)
    expect(JSON.stringify(chunks)).not.toContain('annotations')
    expect(() => openaiChat({ sources: { openWebUI: true, annotations: true } })).toThrow(
      /^Cannot use sources\.annotations true with sources\.openWebUI true/,
    )
  })

  it('have no unpaired surrogate', () => {
    const cut = [sourceOf(1, { title: 'Smile \uD83D', text: '\uDE00 text' }), sourceOf(2)]
    const chunks = chunksOf(citedEvents(cut), { sources: { openWebUI: true, list: true } })
    expect(JSON.stringify(chunks)).not.toMatch(/\\ud[89a-f]/i)
    expect(JSON.stringify(chunksOf(citedEvents(cut)))).not.toMatch(/\\ud[89a-f]/i)
  })
})
