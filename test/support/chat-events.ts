import fc from 'fast-check'
import type { ChatEvent, ChatResult } from '../../src/index.ts'

/** A result with this answer. */
export function resultOf(answer: string): ChatResult {
  return {
    finishReason: 'stop',
    answer,
    sources: [],
    citations: [],
    warnings: [],
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2, phases: {} },
    timings: { total: 1 },
    saved: false,
  }
}

/** The first event. */
export const START: ChatEvent = { type: 'start', seq: 0, v: 1, runId: 'run', messageId: 'message' }

/** A piece of the answer, with its position in the stream. */
export function token(delta: string, { seq, at }: { readonly seq: number; readonly at: number }): ChatEvent {
  return { type: 'token', seq, delta, at }
}

/** The last event. */
export function done(answer: string, { seq }: { readonly seq: number }): ChatEvent {
  return { type: 'done', seq, ...resultOf(answer) }
}

/** A complete stream with these pieces of text. */
export function eventsSaying(deltas: readonly string[]): readonly ChatEvent[] {
  const tokens = deltas.map((delta, index) =>
    token(delta, { seq: index + 1, at: deltas.slice(0, index).join('').length }),
  )
  return [START, ...tokens, done(deltas.join(''), { seq: deltas.length + 1 })]
}

/** Joins the text of the tokens of a stream. */
export function answerOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === 'token' ? event.delta : '')).join('')
}

/** Any text: line ends, control characters, unpaired surrogates. */
export function anyText(): fc.Arbitrary<string> {
  const unit = fc.oneof(
    fc.constantFrom('\r', '\n', '\r\n', '\n\n', ' ', ':', '\0', '\uFEFF', '\u2028', '\uD83D', '\uDE00', 'data: '),
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  )
  return fc.array(unit, { maxLength: 12 }).map((units) => units.join(''))
}
