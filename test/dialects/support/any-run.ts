import fc from 'fast-check'
import type { ChatEvent, ChatResult, FinishReason, Source } from '../../../src/index.ts'
import { anyText, resultOf } from '../../support/chat-events.ts'

/** An event before it has its position. */
type Unnumbered = ChatEvent extends infer Event ? (Event extends ChatEvent ? Omit<Event, 'seq'> : never) : never

/** Creates a source with this number. */
export function sourceOf(number: number): Source {
  const named = { sourceId: `s${number}`, documentId: `d${number}`, chunkId: `c${number}`, title: `Title ${number}` }
  return { number, ...named, url: `https://example.test/${number}`, text: `Text ${number}`, metadata: {} }
}

const anyStep: fc.Arbitrary<readonly Unnumbered[]> = fc.oneof(
  { weight: 4, arbitrary: anyText().map((delta): Unnumbered[] => [{ type: 'token', delta, at: 0 }]) },
  fc
    .constantFrom('condensing', 'retrieving', 'reranking', 'generating')
    .map((phase): Unnumbered[] => [{ type: 'status', phase }]),
  anyText().map((query): Unnumbered[] => [{ type: 'query', question: 'Why?', query, condensed: false }]),
  fc
    .integer({ min: 1, max: 3 })
    .map((count) =>
      Array.from({ length: count }, (_, index): Unnumbered => ({ type: 'source', source: sourceOf(index + 1) })),
    ),
  fc.constant<Unnumbered[]>([
    { type: 'citation', citation: { index: 0, number: 1, sourceId: 's1', start: 0, end: 3 } },
    { type: 'support', index: 0, support: 'weak', reasons: ['number'], claim: { start: 0, end: 3 } },
  ]),
  fc.constant<Unnumbered[]>([{ type: 'warning', code: 'retrying', message: 'The model is asked again' }]),
)

const anyEnd: fc.Arbitrary<FinishReason> = fc.constantFrom('stop', 'length', 'no-evidence', 'abort', 'error')

/** Any run: its events may come in any order after `start`, and it ends in any way. */
export function anyRun(): fc.Arbitrary<readonly ChatEvent[]> {
  return fc.tuple(fc.array(anyStep, { maxLength: 12 }), anyEnd).map(([steps, end]) => toRun(steps.flat(), end))
}

function toRun(steps: readonly Unnumbered[], finishReason: FinishReason): readonly ChatEvent[] {
  const answer = steps.map((step) => (step.type === 'token' ? step.delta : '')).join('')
  const sources = steps.flatMap((step) => (step.type === 'source' ? [step.source] : []))
  const citations = steps.flatMap((step) => (step.type === 'citation' ? [step.citation] : []))
  const result: ChatResult = { ...resultOf(answer), sources, citations, finishReason }
  const start: Unnumbered = { type: 'start', v: 1, runId: 'run', messageId: 'message', threadId: 'thread' }
  return [start, ...steps, endOf(result)].map((event, seq) => ({ ...event, seq }) as ChatEvent)
}

function endOf(result: ChatResult): Unnumbered {
  if (result.finishReason !== 'error') return { type: 'done', ...result }
  const failed = {
    code: 'upstream-stalled',
    message: 'The model stopped',
    retryable: true,
    phase: 'generating',
  } as const
  return { type: 'error', ...failed, partial: result }
}
