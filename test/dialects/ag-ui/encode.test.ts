import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEncoder, type AgUiStream } from '../../../src/dialects/ag-ui/encode.ts'
import type { ChatEvent } from '../../../src/index.ts'
import { done, resultOf, START, token } from '../../support/chat-events.ts'
import { anyRun, sourceOf } from '../support/any-run.ts'

const STORED = { acknowledged: () => -1 }

function framesOf(events: readonly ChatEvent[], stream: AgUiStream = {}): readonly string[] {
  const encode = createEncoder(stream)
  return events
    .map((event) => encode(event))
    .join('')
    .split(/(?<=\n\n)/u)
}

function parse(frames: readonly string[]): readonly Record<string, unknown>[] {
  return frames.map((frame) => JSON.parse(frame.replace(/^(?:id: \d+\n)?data: /u, '')) as Record<string, unknown>)
}

function eventsOf(events: readonly ChatEvent[], stream?: AgUiStream) {
  return parse(framesOf(events, stream))
}

const [SOURCE, OTHER] = [sourceOf(1), sourceOf(2)]
const CITATION = { index: 0, number: 1, sourceId: 's1', start: 5, end: 8 }
const CLAIM = { start: 0, end: 8 }
const SUPPORT = { support: 'supported', reasons: [], claim: CLAIM } as const

const RUN: readonly ChatEvent[] = [
  { type: 'start', seq: 0, v: 1, runId: 'run', messageId: 'message', threadId: 'thread' },
  { type: 'status', seq: 1, phase: 'retrieving' },
  { type: 'query', seq: 2, question: 'Why?', query: 'Why?', condensed: false },
  { type: 'source', seq: 3, source: SOURCE },
  { type: 'source', seq: 4, source: OTHER },
  { type: 'status', seq: 5, phase: 'generating' },
  token('So it', { seq: 6, at: 0 }),
  { type: 'citation', seq: 7, citation: CITATION },
  token('[1]', { seq: 8, at: 5 }),
  { type: 'support', seq: 9, index: 0, ...SUPPORT },
  {
    type: 'done',
    seq: 10,
    ...resultOf('So it[1]'),
    sources: [SOURCE, OTHER],
    citations: [{ ...CITATION, ...SUPPORT }],
  },
]

const SHORT = ({ number, sourceId, documentId, title, url }: typeof SOURCE) => ({
  number,
  sourceId,
  documentId,
  title,
  url,
})

describe('createEncoder', () => {
  it('writes a run in events of AG-UI, with the sources before the text', () => {
    expect(eventsOf(RUN)).toEqual([
      { type: 'RUN_STARTED', threadId: 'thread', runId: 'run' },
      { type: 'STEP_STARTED', stepName: 'retrieving' },
      { type: 'CUSTOM', name: 'query', value: { question: 'Why?', query: 'Why?', condensed: false } },
      { type: 'CUSTOM', name: 'sources', value: [SOURCE, OTHER] },
      { type: 'STEP_FINISHED', stepName: 'retrieving' },
      { type: 'STEP_STARTED', stepName: 'generating' },
      { type: 'TEXT_MESSAGE_START', messageId: 'message', role: 'assistant' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'message', delta: 'So it' },
      { type: 'CUSTOM', name: 'citation', value: CITATION },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'message', delta: '[1]' },
      { type: 'CUSTOM', name: 'support', value: { index: 0, ...SUPPORT } },
      {
        type: 'TEXT_MESSAGE_END',
        messageId: 'message',
        metadata: {
          finishReason: 'stop',
          sources: [SHORT(SOURCE), SHORT(OTHER)],
          citations: [{ ...CITATION, support: 'supported' }],
        },
      },
      { type: 'STEP_FINISHED', stepName: 'generating' },
      {
        type: 'RUN_FINISHED',
        threadId: 'thread',
        runId: 'run',
        result: { finishReason: 'stop', saved: false },
        usage: [{ inputTokens: 1, outputTokens: 1, totalTokens: 2 }],
      },
    ])
  })

  it('names the run as the client does, and tells the id of the run that the native routes take', () => {
    const events = eventsOf([START, done('', { seq: 1 })], { runId: 'r1', threadId: 't1' })
    expect(events).toMatchObject([
      { type: 'RUN_STARTED', threadId: 't1', runId: 'r1' },
      { type: 'CUSTOM', name: 'run', value: { runId: 'run' } },
      { type: 'RUN_FINISHED', threadId: 't1', runId: 'r1' },
    ])
  })

  it('names the thread after the run if there is no thread', () => {
    expect(eventsOf([START, done('', { seq: 1 })])[0]).toEqual({ type: 'RUN_STARTED', threadId: 'run', runId: 'run' })
  })

  it.each([
    ['stop', 'success'],
    ['no-evidence', 'success'],
    ['abort', 'cancelled'],
  ] as const)('ends a run that finished with %s as %s for a client of version 1', (finishReason, outcome) => {
    const end: ChatEvent = { type: 'done', seq: 2, ...resultOf('Hello'), finishReason }
    const events = [START, token('Hello', { seq: 1, at: 0 }), end]
    expect(eventsOf(events, { knowsOutcome: true }).at(-1)).toMatchObject({ outcome: { type: outcome } })
    expect(eventsOf(events).at(-1)).not.toHaveProperty('outcome')
  })

  it('ends the message and the step of a run that fails, with an error of a safe message', () => {
    const partial = { ...resultOf('Hello'), finishReason: 'error' } as const
    const failure = { code: 'upstream-stalled', message: 'It stopped', retryable: true, phase: 'generating' } as const
    const events: readonly ChatEvent[] = [
      START,
      { type: 'status', seq: 1, phase: 'generating' },
      token('Hello', { seq: 2, at: 0 }),
      { type: 'error', seq: 3, ...failure, partial },
    ]
    expect(eventsOf(events).slice(-3)).toMatchObject([
      { type: 'TEXT_MESSAGE_END', metadata: { finishReason: 'error' } },
      { type: 'STEP_FINISHED', stepName: 'generating' },
      { type: 'RUN_ERROR', message: 'It stopped', code: 'upstream-stalled' },
    ])
  })

  it('writes no message for an answer without text, and no empty delta', () => {
    const events = eventsOf([START, token('', { seq: 1, at: 0 }), done('', { seq: 2 })])
    expect(events.map(({ type }) => type)).toEqual(['RUN_STARTED', 'RUN_FINISHED'])
  })

  it('joins a character that was cut between two tokens, and replaces one that stays cut', () => {
    const events = eventsOf([
      START,
      token('Hi \ud83d', { seq: 1, at: 0 }),
      token('\ude00', { seq: 2, at: 4 }),
      token('\ud83d', { seq: 3, at: 5 }),
      done('', { seq: 4 }),
    ])
    const deltas = events.flatMap(({ delta }) => (delta === undefined ? [] : [delta]))
    expect(deltas).toEqual(['Hi ', '\u{1f600}', '\ufffd'])
  })

  it('repeats the earlier sources with later ones', () => {
    const events: readonly ChatEvent[] = [
      START,
      { type: 'source', seq: 1, source: SOURCE },
      token('Hello', { seq: 2, at: 0 }),
      { type: 'source', seq: 3, source: OTHER },
      done('Hello', { seq: 4 }),
    ]
    const sources = eventsOf(events).filter(({ name }) => name === 'sources')
    expect(sources).toMatchObject([{ value: [SOURCE] }, { value: [SOURCE, OTHER] }])
  })

  it('numbers the frames of a stored run, except for the last one', () => {
    const ids = framesOf(RUN, STORED).map((frame) => /^id: (\d+)\n/u.exec(frame)?.[1])
    expect(ids.slice(0, -1)).toEqual(ids.slice(0, -1).map((_, index) => String(index + 1)))
    expect(ids.at(-1)).toBeUndefined()
    expect(framesOf(RUN).join('')).not.toContain('id: ')
  })

  it('continues after any frame with the bytes that follow it', () => {
    fc.assert(
      fc.property(anyRun(), (events) => {
        const frames = framesOf(events, STORED)
        for (let skip = 0; skip < frames.length; skip += 1) {
          expect(framesOf(events, { ...STORED, skip })).toEqual(frames.slice(skip))
        }
        // The end comes even if the log ends before the cursor.
        expect(framesOf(events, { ...STORED, skip: frames.length + 7 })).toEqual(frames.slice(-1))
      }),
    )
  })

  it('writes one line of data for each event, without null and without an empty delta, for any run', () => {
    fc.assert(
      fc.property(anyRun(), fc.boolean(), (events, knowsOutcome) => {
        const frames = framesOf(events, { knowsOutcome })
        for (const frame of frames) expect(frame).toMatch(/^data: \{[^\r\n]*\}\n\n$/u)
        const sent = parse(frames)
        expect(sent[0]).toMatchObject({ type: 'RUN_STARTED' })
        expect(sent.filter(({ type }) => type === 'RUN_FINISHED' || type === 'RUN_ERROR')).toEqual(sent.slice(-1))
        expect(sent.flatMap((event) => Object.values(event))).not.toContain(null)
        const text = sent.flatMap(({ type, delta }) => (type === 'TEXT_MESSAGE_CONTENT' ? [String(delta)] : []))
        expect(text).not.toContain('')
        const tokens = events.map((event) => (event.type === 'token' ? event.delta : ''))
        expect(text.join('')).toBe(tokens.join('').toWellFormed())
      }),
    )
  })
})
