import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chatkit } from '../../../src/chatkit.ts'
import { createEncoder, type Asked } from '../../../src/dialects/chatkit/encode.ts'
import { itemsOf } from '../../../src/dialects/chatkit/items.ts'
import { resolveOptions, type ChatKitOptions } from '../../../src/dialects/chatkit/options.ts'
import type { ChatEvent, ChatResult } from '../../../src/index.ts'
import { anyText, eventsSaying, START } from '../../support/chat-events.ts'
import { anyPieces, citedResult, eventsOf, turnOf } from './support/cited-turn.ts'
import { foldItems } from './support/fold.ts'
import { parseStream } from './support/wire.ts'

const ASKED: Asked = { createdAt: turnOf().createdAt, question: 'How long?' }

function encode(events: readonly ChatEvent[], options?: ChatKitOptions, asked: Asked | undefined = ASKED): string {
  const encoder = createEncoder(resolveOptions(options), asked)
  return events.map(encoder).join('')
}

const CITED = citedResult(['They sleep ', [1], ' a lot ', [2, 3], '.'])

const ENDS: readonly (readonly [string, ChatResult])[] = [
  ['stop', CITED],
  ['no-evidence', { ...citedResult(['Nothing was found.']), finishReason: 'no-evidence', sources: [] }],
  ['abort', { ...CITED, finishReason: 'abort' }],
  ['abort before the first word', { ...citedResult([]), finishReason: 'abort' }],
  ['length', { ...CITED, finishReason: 'length' }],
  ['content-filter', { ...CITED, finishReason: 'content-filter' }],
  ['other', { ...CITED, finishReason: 'other' }],
]

const FAILED: ChatResult = {
  ...CITED,
  finishReason: 'error',
  error: { code: 'upstream-stalled', message: 'The model stopped sending before it had finished' },
}

describe('the encoder of ChatKit', () => {
  it('streams an answer with its question, progress, text and citations', () => {
    const progress = { type: 'status', seq: 1, phase: 'retrieving' } as const
    const events = eventsOf(CITED)
    const stream = parseStream(encode([events[0] ?? START, progress, ...events.slice(1)]))
    expect(stream.map((event) => (event.type === 'thread.item.updated' ? event.update.type : event.type))).toEqual([
      'thread.item.done',
      'stream_options',
      'progress_update',
      'thread.item.added',
      'assistant_message.content_part.added',
      'assistant_message.content_part.text_delta',
      'assistant_message.content_part.annotation_added',
      'assistant_message.content_part.text_delta',
      'assistant_message.content_part.annotation_added',
      'assistant_message.content_part.annotation_added',
      'assistant_message.content_part.text_delta',
      'assistant_message.content_part.done',
      'thread.item.done',
    ])
    expect(foldItems(stream)).toEqual([
      {
        type: 'user_message',
        id: 'user_run',
        thread_id: 'thread',
        created_at: '2023-11-14T22:13:20.000Z',
        content: [{ type: 'input_text', text: 'How long?' }],
        attachments: [],
        inference_options: {},
      },
      {
        type: 'assistant_message',
        id: 'answer_run',
        thread_id: 'thread',
        created_at: '2023-11-14T22:13:20.001Z',
        content: [
          {
            type: 'output_text',
            text: 'They sleep a lot.',
            annotations: [
              {
                type: 'annotation',
                index: 10,
                source: expect.objectContaining({ type: 'file', filename: 'cats-1.md' }),
              },
              {
                type: 'annotation',
                index: 16,
                source: {
                  type: 'url',
                  url: 'https://cats.example/2',
                  title: 'Cats 2',
                  description: expect.stringMatching(/^Sleep › Hours: Cats sleep 2 hours\. .*…$/u),
                },
              },
              {
                type: 'annotation',
                index: 16,
                source: expect.objectContaining({ type: 'file', filename: 'cats-3.md' }),
              },
            ],
          },
        ],
      },
    ])
  })

  it.each(ENDS)('gives the items of the stored turn when the answer ends with %s', (_name, result) => {
    const stream = parseStream(encode(eventsOf(result)))
    expect(foldItems(stream)).toEqual(itemsOf(turnOf(result), resolveOptions()))
    expect(stream.map(({ type }) => type)).not.toContain('error')
  })

  it('gives the items of the stored turn wherever the tokens are cut', () => {
    const flags = fc.record({ stripped: fc.boolean(), keeps: fc.boolean() })
    fc.assert(
      fc.property(anyPieces(), fc.array(fc.nat(40), { maxLength: 5 }), flags, (pieces, cuts, { stripped, keeps }) => {
        const result = citedResult(pieces, { stripped })
        const options = { markers: keeps ? 'keep' : 'strip' } as const
        const stream = parseStream(encode(eventsOf(result, cuts), options))
        expect(foldItems(stream)).toEqual(itemsOf(turnOf(result), resolveOptions(options)))
      }),
      { numRuns: 1_000 },
    )
  })

  it('carries any text, also when an emoji is cut in half', () => {
    fc.assert(
      fc.property(fc.array(anyText(), { maxLength: 6 }), (deltas) => {
        const items = foldItems(parseStream(encode(eventsSaying(deltas))))
        const [, answer] = items
        const text = answer?.type === 'assistant_message' ? answer.content[0]?.text : ''
        expect(text).toBe(deltas.join(''))
      }),
    )
  })

  it('is deterministic: the same events give the same bytes', () => {
    expect(encode(eventsOf(CITED))).toBe(encode(eventsOf(CITED)))
  })

  it('ends a failed answer with an error and its partial text', () => {
    const stream = parseStream(encode(eventsOf(FAILED)))
    const [end] = stream.slice(-1)
    expect(end).toEqual({ type: 'error', code: 'custom', message: FAILED.error?.message, allow_retry: true })
    // A thread stores no error, so an item tells the failure after a reload.
    const items = foldItems(stream)
    expect(items.at(-1)).toMatchObject({ type: 'task', id: 'end_run', task: { title: FAILED.error?.message } })
    expect(items).toEqual(itemsOf(turnOf(FAILED), resolveOptions()))
  })

  it('reports a stream that fails before it has begun', () => {
    const events = eventsOf(FAILED)
    expect(parseStream(encode(events.slice(-1))).map(({ type }) => type)).toEqual(['error'])
    expect(encode(events.slice(1, -1))).toBe('')
  })

  it('tells of a stop below the answer', () => {
    const items = foldItems(parseStream(encode(eventsOf({ ...CITED, finishReason: 'abort' }))))
    expect(items.at(-1)).toMatchObject({ type: 'task', id: 'end_run', task: { title: 'The answer was stopped' } })
  })

  it('begins a thread with the question as its title', () => {
    const [created] = parseStream(encode(eventsOf(CITED), {}, { ...ASKED, isNewThread: true }))
    expect(created).toMatchObject({ type: 'thread.created', thread: { id: 'thread', title: 'How long?' } })
  })

  it('removes the items of an answer that is asked for again', () => {
    const stream = parseStream(encode(eventsOf(CITED), {}, { ...ASKED, replacedItems: ['user_old', 'answer_old'] }))
    expect(stream.slice(0, 2)).toEqual([
      { type: 'thread.item.removed', item_id: 'user_old' },
      { type: 'thread.item.removed', item_id: 'answer_old' },
    ])
  })

  it('shows the labels of the options, and nothing for an empty one', () => {
    const status = (phase: 'retrieving' | 'generating', seq: number) => ({ type: 'status', seq, phase }) as const
    const labels = { retrieving: 'Suche läuft', generating: '', abort: '' }
    const [start, ...rest] = eventsOf({ ...CITED, finishReason: 'abort' })
    const stream = parseStream(
      encode([start ?? START, status('retrieving', 1), status('generating', 2), ...rest], { labels }),
    )
    expect(stream.filter(({ type }) => type === 'progress_update')).toEqual([
      { type: 'progress_update', icon: 'search', text: 'Suche läuft' },
    ])
    expect(foldItems(stream).map(({ type }) => type)).toEqual(['user_message', 'assistant_message'])
  })

  it('tells a reader that the search failed, and no other warning', () => {
    const warning = (code: 'retrieval-degraded' | 'context-trimmed', seq: number) =>
      ({ type: 'warning', seq, code, message: `About ${code}` }) as const
    const stream = parseStream(encode([START, warning('retrieval-degraded', 1), warning('context-trimmed', 2)]))
    expect(stream.slice(2)).toEqual([{ type: 'notice', level: 'warning', message: 'About retrieval-degraded' }])
  })

  it.each([true, false])('shows the stop button by allowCancel: %s', (allowCancel) => {
    expect(parseStream(encode([START], { allowCancel }))).toContainEqual({
      type: 'stream_options',
      stream_options: { allow_cancel: allowCancel },
    })
  })

  it('writes the answer alone as the format of a sink', () => {
    const text = eventsOf(CITED).map(chatkit().open({})).join('')
    const items = foldItems(parseStream(text))
    expect(items).toEqual([
      expect.objectContaining({ type: 'assistant_message', id: 'answer_run', created_at: '1970-01-01T00:00:00.001Z' }),
    ])
  })
})

describe('chatkit', () => {
  it.each([
    [
      'an unknown option',
      { marker: 'keep' },
      /Cannot use marker: chatkit has no such option\. Did you mean markers\?/u,
    ],
    ['an unknown mode', { markers: 'hide' }, /Cannot use markers hide: it must be one of keep, strip/u],
    ['a label of another type', { labels: { retrieving: 7 } }, /Cannot use labels\.retrieving: it must be a string/u],
    ['an unknown label', { labels: { retrieved: '' } }, /Cannot use labels\.retrieved: .* Did you mean retrieving\?/u],
    ['allowCancel that is no boolean', { allowCancel: 'yes' }, /Cannot use allowCancel: it must be true or false/u],
  ])('refuses %s', (_name, options, message) => {
    expect(() => chatkit(options as ChatKitOptions)).toThrow(message)
  })
})
