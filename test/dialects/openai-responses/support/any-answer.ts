import fc from 'fast-check'
import type { ChatEvent, ChatResult, Citation, FinishReason, Source } from '../../../../src/index.ts'
import { anyText, resultOf } from '../../../support/chat-events.ts'

/** An event before it has its position. */
type Unnumbered = ChatEvent extends infer Event ? (Event extends ChatEvent ? Omit<Event, 'seq'> : never) : never

/** Creates a source with this number; every second one has a URL. */
export function sourceOf(number: number): Source {
  const named = { sourceId: `s${number}`, documentId: `d${number}`, chunkId: `c${number}`, title: `Title ${number}` }
  const url = number % 2 === 0 ? { url: `https://example.test/${number}` } : {}
  return { number, ...named, ...url, text: `Text ${number}`, score: 1 / number, metadata: {} }
}

/** A run of these steps. */
export function toRun(steps: readonly Unnumbered[], finishReason: FinishReason): readonly ChatEvent[] {
  const answer = steps.map((step) => (step.type === 'token' ? step.delta : '')).join('')
  const sources = steps.flatMap((step) => (step.type === 'source' ? [step.source] : []))
  const citations = steps.flatMap((step) => (step.type === 'citation' ? [step.citation] : []))
  const query = steps.find((step) => step.type === 'query')
  const result: ChatResult = {
    ...resultOf(answer),
    sources,
    citations,
    finishReason,
    ...(query && { query: { question: query.question, query: query.query, condensed: query.condensed } }),
  }
  const start: Unnumbered = { type: 'start', v: 1, runId: RUN_ID, messageId: 'message', threadId: 'thread' }
  return [start, ...steps, endOf(result)].map((event, seq) => ({ ...event, seq }) as ChatEvent)
}

/** The run of every answer: its id contains the time 1,795,901,082,000. */
export const RUN_ID = '01a2240b-c8d0-7e21-9df7-f6f1521bd000'

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

interface Part {
  readonly text: string
  readonly cites: readonly number[]
  readonly late: boolean
}

const anyPart: fc.Arbitrary<Part> = fc.record({
  text: anyText(),
  cites: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
  late: fc.boolean(),
})

const ENDS = ['stop', 'length', 'content-filter', 'no-evidence', 'other', 'abort', 'error'] as const

/** Any run as the core emits it: text, markers with their citations, sources that come late, any end. */
export function anyAnswer(): fc.Arbitrary<readonly ChatEvent[]> {
  return fc
    .record({
      searches: fc.boolean(),
      found: fc.integer({ min: 0, max: 4 }),
      parts: fc.array(anyPart, { maxLength: 6 }),
      end: fc.constantFrom(...ENDS),
    })
    .map(({ searches, found, parts, end }) => {
      const steps: Unnumbered[] = searches
        ? [
            { type: 'query', question: 'Why?', query: 'why', condensed: true },
            { type: 'status', phase: 'retrieving' },
          ]
        : []
      for (let number = 1; number <= found; number += 1) steps.push({ type: 'source', source: sourceOf(number) })
      steps.push({ type: 'status', phase: 'generating' }, ...toSteps(parts, found))
      return toRun(steps, end)
    })
}

function toSteps(parts: readonly Part[], found: number): readonly Unnumbered[] {
  const steps: Unnumbered[] = []
  let at = 0
  let known = found
  let index = 0
  const say = (delta: string): void => {
    steps.push({ type: 'token', delta, at })
    at += delta.length
  }
  for (const { text, cites, late } of parts) {
    if (text !== '') say(text)
    if (late) steps.push({ type: 'source', source: sourceOf((known += 1)) })
    const cited = cites.filter((number) => number <= known)
    const marker = `[${cited.join(', ')}]`
    for (const number of cited) {
      const citation: Citation = { index, number, sourceId: `s${number}`, start: at, end: at + marker.length }
      steps.push({ type: 'citation', citation })
      index += 1
    }
    if (cited.length > 0) say(marker)
    steps.push({ type: 'warning', code: 'retrying', message: 'The model is asked again' })
  }
  return steps
}
