import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatEvent, FinishReason } from '../../../src/index.ts'
import { createEncoder } from '../../../src/dialects/openai-responses/encode.ts'
import { openaiResponses, type OpenAIResponsesOptions } from '../../../src/openai-responses.ts'
import { anyAnswer, RUN_ID, sourceOf, toRun } from './support/any-answer.ts'
import { finalResponseOf, framesOf, textOf, typesOf } from './support/wire.ts'

function encode(events: readonly ChatEvent[], options?: OpenAIResponsesOptions): string {
  return events.map(openaiResponses(options).open({})).join('')
}

const CITED = [
  { type: 'query', question: 'And cats?', query: 'How long do cats sleep?', condensed: true },
  { type: 'status', phase: 'retrieving' },
  { type: 'source', source: sourceOf(1) },
  { type: 'source', source: sourceOf(2) },
  { type: 'status', phase: 'generating' },
  { type: 'token', delta: 'Long ', at: 0 },
  { type: 'citation', citation: { index: 0, number: 1, sourceId: 's1', start: 5, end: 11 } },
  { type: 'citation', citation: { index: 1, number: 2, sourceId: 's2', start: 5, end: 11 } },
  { type: 'token', delta: '[1, 2]', at: 5 },
] as const

describe('the encoder of openaiResponses', () => {
  it('sends the frames of a cited answer in the order of the API', () => {
    const frames = framesOf(encode(toRun(CITED, 'stop')))
    expect(typesOf(frames)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.file_search_call.in_progress',
      'response.file_search_call.searching',
      'response.file_search_call.completed',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.annotation.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(textOf(frames)).toBe('Long [1, 2]')
  })

  it('cites a source with a URL by the range of its marker, and another one as a file by its position', () => {
    const frames = framesOf(encode(toRun(CITED, 'stop')))
    expect(frames.filter(({ type }) => type.endsWith('annotation.added'))).toMatchObject([
      { annotation_index: 0, annotation: { type: 'file_citation', file_id: 'd1', filename: 'Title 1', index: 5 } },
      {
        annotation_index: 1,
        annotation: {
          type: 'url_citation',
          url: 'https://example.test/2',
          title: 'Title 2',
          start_index: 5,
          end_index: 11,
        },
      },
    ])
  })

  it('sends the query, and the text and ids of every source, as a file search', () => {
    const [search] = finalResponseOf(framesOf(encode(toRun(CITED, 'stop')))).output
    expect(search).toEqual({
      id: `fs_${RUN_ID}`,
      type: 'file_search_call',
      status: 'completed',
      queries: ['How long do cats sleep?'],
      results: [
        {
          file_id: 'd1',
          filename: 'Title 1',
          score: 1,
          text: 'Text 1',
          attributes: { number: 1, source_id: 's1', chunk_id: 'c1' },
        },
        {
          file_id: 'd2',
          filename: 'Title 2',
          score: 0.5,
          text: 'Text 2',
          attributes: { number: 2, source_id: 's2', chunk_id: 'c2', url: 'https://example.test/2' },
        },
      ],
    })
  })

  it('leaves out metadata that is no attribute by the rules of the API', () => {
    const metadata = { team: 'cats', old: true, nested: {}, long: 'x'.repeat(513), ['n'.repeat(65)]: 1 }
    const source = { ...sourceOf(1), section: ['Animals', 'Cats'], location: { page: 3 }, metadata }
    const [search] = finalResponseOf(framesOf(encode(toRun([{ type: 'source', source }], 'stop')))).output
    expect(search).toMatchObject({ results: [{ file_id: 'd1' }] })
    expect(search && 'results' in search && search.results?.[0]?.attributes).toEqual({
      team: 'cats',
      old: true,
      number: 1,
      source_id: 's1',
      chunk_id: 'c1',
      section: 'Animals > Cats',
      page: 3,
    })
  })

  it.each<[FinishReason, string, object]>([
    ['stop', 'response.completed', { status: 'completed', incomplete_details: null }],
    ['no-evidence', 'response.completed', { status: 'completed', incomplete_details: null }],
    ['other', 'response.completed', { status: 'completed', incomplete_details: null }],
    ['length', 'response.incomplete', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }],
    [
      'content-filter',
      'response.incomplete',
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    ],
    ['abort', 'response.incomplete', { status: 'cancelled', incomplete_details: { reason: 'cancelled' } }],
  ])('ends a run with the finish reason %s as %s', (finishReason, type, response) => {
    const frames = framesOf(encode(toRun(CITED, finishReason)))
    expect(frames.at(-1)).toMatchObject({ type, response })
  })

  it('reports a failed run twice: as an error, flat and nested, and as a failed response', () => {
    const [error, failed] = framesOf(encode(toRun(CITED, 'error'))).slice(-2)
    const words = { code: 'upstream-stalled', message: 'The model stopped' }
    expect(error).toMatchObject({ type: 'error', ...words, error: words })
    expect(failed).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error', message: 'The model stopped' } },
    })
  })

  it('reports a source that failed before its first event', () => {
    const [, failed] = toRun([], 'error')
    const frames = framesOf(encode(failed ? [failed] : []))
    expect(frames).toMatchObject([{ type: 'error', sequence_number: 0, code: 'upstream-stalled' }])
  })

  it('joins a character that was cut between two tokens, and replaces the half of one', () => {
    const half = '\u{1F408}'.slice(0, 1)
    const source = { ...sourceOf(2), title: `Cats ${half}`, text: half, section: [half] }
    const steps = [
      { type: 'query', question: half, query: half, condensed: false },
      { type: 'source', source },
      { type: 'token', delta: `A ${half}`, at: 0 },
      { type: 'token', delta: `${'\u{1F408}'.slice(1)}. ${half}`, at: 3 },
      { type: 'citation', citation: { index: 0, number: 2, sourceId: 's2', start: 0, end: 1 } },
    ] as const
    const text = encode(toRun(steps, 'stop'))
    expect(text).not.toMatch(/\\ud[89a-f]/iu)
    const deltas = framesOf(text).flatMap((frame) => (frame.type === 'response.output_text.delta' ? [frame.delta] : []))
    expect(deltas).toEqual(['A ', '\u{1F408}. ', '\uFFFD'])
    const annotations = [{ type: 'url_citation', title: 'Cats \uFFFD' }]
    expect(finalResponseOf(framesOf(text)).output).toMatchObject([
      {
        queries: ['\uFFFD'],
        results: [{ filename: 'Cats \uFFFD', text: '\uFFFD', attributes: { section: '\uFFFD' } }],
      },
      { content: [{ text: 'A \u{1F408}. \uFFFD', annotations }] },
    ])
  })

  it('ends the search of a run that failed or was stopped while it searched', () => {
    const steps = CITED.slice(0, 2)
    const statusOf = (end: FinishReason) => finalResponseOf(framesOf(encode(toRun(steps, end)))).output
    expect(statusOf('error')).toMatchObject([{ type: 'file_search_call', status: 'failed', results: [] }])
    expect(statusOf('abort')).toMatchObject([{ type: 'file_search_call', status: 'incomplete', results: [] }])
  })

  it('sends a message even for an answer without text, because an agent asks again until it gets one', () => {
    expect(finalResponseOf(framesOf(encode(toRun([], 'no-evidence')))).output).toMatchObject([
      { type: 'message', status: 'completed', content: [{ text: '' }] },
    ])
  })

  it('shows sources that come after the text, in the order in which the items began', () => {
    const late = [
      { type: 'token', delta: 'Long.', at: 0 },
      { type: 'source', source: sourceOf(1) },
    ] as const
    expect(finalResponseOf(framesOf(encode(toRun(late, 'stop')))).output).toMatchObject([
      { type: 'message' },
      { type: 'file_search_call', results: [{ file_id: 'd1' }] },
    ])
  })

  it('dates a response by the time in the id of its run', () => {
    expect(finalResponseOf(framesOf(encode(toRun(CITED, 'stop'))))).toMatchObject({
      created_at: 1_795_901_081,
      completed_at: 1_795_901_081,
    })
  })

  it('shows no text of sources with on-request, and no search at all with none', () => {
    const run = toRun(CITED, 'stop')
    const [search] = finalResponseOf(framesOf(encode(run, { fileSearch: 'on-request' }))).output
    expect(search).toMatchObject({ type: 'file_search_call', results: null })
    const { output } = finalResponseOf(framesOf(encode(run, { fileSearch: 'none' })))
    expect(output).toMatchObject([{ type: 'message', content: [{ annotations: [{ type: 'url_citation' }] }] }])
  })
})

describe('any run, encoded by openaiResponses', () => {
  it('has valid frames whose parts add up to the final response', () => {
    fc.assert(
      fc.property(anyAnswer(), (events) => {
        const frames = framesOf(encode(events))
        const { output } = finalResponseOf(frames)
        const message = output.find((item) => item.type === 'message')
        expect(textOf(frames)).toBe(message?.content[0]?.text ?? '')
        const added = frames.flatMap((frame) => ('annotation' in frame ? [frame.annotation] : []))
        expect(added).toEqual(message?.content[0]?.annotations ?? [])
        const began = frames.flatMap((frame) => (frame.type === 'response.output_item.added' ? [frame] : []))
        const ended = frames.flatMap((frame) => (frame.type === 'response.output_item.done' ? [frame] : []))
        expect(began.map(({ output_index, item }) => [output_index, item.id])).toEqual(
          output.map(({ id }, index) => [index, id]),
        )
        expect(ended.map(({ item }) => item.id).toSorted()).toEqual(output.map(({ id }) => id).toSorted())
      }),
    )
  })

  it('has no unpaired surrogate, wherever a token ends', () => {
    fc.assert(
      fc.property(anyAnswer(), (events) => {
        for (const data of encode(events).match(/(?<=^data: )\{.*$/gmu) ?? []) {
          expect(data).not.toMatch(/\\ud[89a-f]/iu)
        }
      }),
    )
  })

  it('gives the rest of the frames, byte for byte, to a client that has read up to any of them', () => {
    fc.assert(
      fc.property(anyAnswer(), (events) => {
        const whole = events.map(createEncoder({ ...CONTEXT, startingAfter: -1 }))
        const blocks = whole.join('').split('\n\n')
        for (let number = 0; number < blocks.length - 2; number += 1) {
          const rest = events.map(createEncoder({ ...CONTEXT, startingAfter: number })).join('')
          expect(rest).toBe(blocks.slice(number + 1).join('\n\n'))
        }
      }),
    )
  })
})

const CONTEXT = {
  model: 'ragwire',
  previousResponseId: null,
  metadata: { team: 'cats' },
  tools: [],
  background: false,
  store: true,
  search: true,
  results: true,
}
