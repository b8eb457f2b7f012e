import fc from 'fast-check'
import {
  publicMessage,
  reduceEvent,
  EMPTY_RESULT,
  type ChatEvent,
  type ChatResult,
  type Citation,
  type Source,
} from '../../../../src/index.ts'
import { anyText, resultOf } from '../../../support/chat-events.ts'

/** A run of any answer, any sources, and any end. */
export interface AnyRun {
  readonly events: readonly ChatEvent[]
  /** The result that the terminal event has. */
  readonly result: ChatResult
}

// Some events carry `seq` only later.
type Unnumbered = ChatEvent extends infer Event ? (Event extends ChatEvent ? Omit<Event, 'seq'> : never) : never

const anySource = fc.record(
  {
    title: anyText(),
    text: anyText(),
    url: fc.webUrl(),
    score: fc.double({ noNaN: true, noDefaultInfinity: true }).map((score) => score + 0),
    section: fc.array(anyText(), { maxLength: 2 }),
    metadata: fc.dictionary(
      fc.constantFrom('page', '__proto__', 'constructor', 'number'),
      fc.oneof(fc.jsonValue(), fc.constant({ prototype: 1 }), fc.constant({ a: [{ ['__proto__']: 1 }] })),
    ),
    location: fc.record({ page: fc.nat() }),
  },
  { requiredKeys: ['title', 'text', 'metadata'] },
)

const anyPiece = fc.oneof(
  { weight: 4, arbitrary: anyText().map((delta) => ({ type: 'token', delta }) as const) },
  { weight: 2, arbitrary: fc.nat({ max: 9 }).map((source) => ({ type: 'citation', source }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'warning', code: 'retrying', message: 'It is asked again' } as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'status', phase: 'generating' } as const) },
)

const anySupport = fc.record(
  {
    support: fc.constantFrom('supported', 'weak', 'unsupported'),
    reasons: fc.array(fc.string(), { maxLength: 2 }),
    claim: fc.constant({ start: 0, end: 1 }),
    passage: fc.constant({ start: 2, end: 3 }),
  },
  { requiredKeys: ['support', 'reasons', 'claim'] },
)

const anyEnd = fc.constantFrom('stop', 'length', 'content-filter', 'no-evidence', 'abort', 'error', 'other')

const anyPlan = fc.record({
  sources: fc.array(anySource, { maxLength: 4 }),
  pieces: fc.array(anyPiece, { maxLength: 10 }),
  supports: fc.array(anySupport, { maxLength: 4 }),
  finishReason: anyEnd,
  threadId: fc.option(fc.constant('thread'), { nil: undefined }),
})

type Plan = typeof anyPlan extends fc.Arbitrary<infer Value> ? Value : never

/** Any run. Its sources come before its first token, as those of a retriever do. */
export function anyRun(): fc.Arbitrary<AnyRun> {
  return anyPlan.map(toRun)
}

function toRun(plan: Plan): AnyRun {
  const running = [...beginOf(plan), ...piecesOf(plan)].map((event, seq): ChatEvent => ({ ...event, seq }) as ChatEvent)
  const { answer, sources, citations, query, warnings } = running.reduce(reduceEvent, EMPTY_RESULT)
  const said = { answer, sources, citations, warnings, ...(query && { query }) }
  const result: ChatResult = { ...resultOf(answer), ...said, finishReason: plan.finishReason }
  return { events: [...running, endOf(result, running.length)], result }
}

function beginOf({ sources, threadId }: Plan): readonly Unnumbered[] {
  return [
    { type: 'start', v: 1, runId: 'run', messageId: 'message', ...(threadId !== undefined && { threadId }) },
    { type: 'status', phase: 'retrieving' },
    { type: 'query', question: 'Why?', query: 'why', condensed: true },
    ...sources.map((source, index) => ({ type: 'source', source: toSource(source, index) }) as const),
  ]
}

function toSource(source: Plan['sources'][number], index: number): Source {
  return { ...source, number: index + 1, sourceId: `s${index}`, documentId: `d${index}`, chunkId: `c${index}` }
}

function piecesOf({ sources, pieces, supports }: Plan): readonly Unnumbered[] {
  const events: Unnumbered[] = []
  let at = 0
  let index = 0
  for (const piece of pieces) {
    if (piece.type === 'token') {
      events.push({ ...piece, at })
      at += piece.delta.length
    } else if (piece.type === 'citation') {
      const number = (piece.source % Math.max(sources.length, 1)) + 1
      const citation: Citation = { index, number, sourceId: `s${number - 1}`, start: at, end: at }
      if (sources.length > 0) events.push({ type: 'citation', citation })
      index += sources.length > 0 ? 1 : 0
    } else events.push(piece)
  }
  return [
    ...events,
    ...supports.slice(0, index).map((support, of) => ({ type: 'support', index: of, ...support }) as const),
  ]
}

function endOf(result: ChatResult, seq: number): ChatEvent {
  if (result.finishReason !== 'error') return { type: 'done', seq, ...result }
  const code = 'upstream-timeout'
  return {
    type: 'error',
    seq,
    code,
    message: publicMessage(code),
    retryable: true,
    phase: 'generating',
    partial: result,
  }
}
