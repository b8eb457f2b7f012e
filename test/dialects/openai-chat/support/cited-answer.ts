import type { ChatEvent, ChatResult, Source } from '../../../../src/index.ts'
import { resultOf, START, token } from '../../../support/chat-events.ts'

/** A source with this number. */
export function sourceOf(number: number, fields: Partial<Source> = {}): Source {
  return {
    number,
    sourceId: `s${number}`,
    documentId: `d${number}`,
    chunkId: `c${number}`,
    title: `Title ${number}`,
    url: `https://docs.test/${number}`,
    text: `Text ${number}`,
    metadata: {},
    ...fields,
  }
}

/** The result of an answer that cites its second source, then its first. */
function citedResult(sources: readonly Source[]): ChatResult {
  return {
    ...resultOf('So it is [2], and so [1].'),
    sources,
    citations: [
      { index: 0, number: 2, sourceId: 's2', start: 9, end: 12 },
      { index: 1, number: 1, sourceId: 's1', start: 21, end: 24 },
    ],
    usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12, phases: {} },
  }
}

/** The events of that answer. */
export function citedEvents(sources: readonly Source[]): readonly ChatEvent[] {
  const { citations, ...result } = citedResult(sources)
  const query = { question: 'Is it so?', query: 'Is it so?', condensed: false }
  const events: readonly ChatEvent[] = [
    START,
    { type: 'status', seq: 0, phase: 'retrieving' },
    { type: 'query', seq: 0, ...query },
    ...sources.map((source) => ({ type: 'source', seq: 0, source }) as const),
    { type: 'status', seq: 0, phase: 'generating' },
    token('So it is ', { seq: 0, at: 0 }),
    ...citations.slice(0, 1).map((citation) => ({ type: 'citation', seq: 0, citation }) as const),
    token('[2]', { seq: 0, at: 9 }),
    token(', and so [1].', { seq: 0, at: 12 }),
    { type: 'done', seq: 0, ...result, citations },
  ]
  return events.map((event, seq) => ({ ...event, seq }))
}
