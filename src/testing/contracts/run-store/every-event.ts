import type { ChatEvent } from '../../../core/vocabulary/events.ts'
import type { UnnumberedEvent } from '../../../core/vocabulary/unnumbered-event.ts'
import { EVERY_FIELD } from '../every-field.ts'
import { deepFreeze } from '../contract-runner.ts'

const { sources, citations, warnings, query } = EVERY_FIELD

const events: readonly UnnumberedEvent[] = [
  { type: 'start', v: 1, runId: 'r1', messageId: 'm1', threadId: '猫 "x"' },
  { type: 'status', phase: 'condensing' },
  { type: 'query', question: '', query: 'q\0', condensed: true, ...query },
  { type: 'status', phase: 'retrieving' },
  ...sources.map((source) => ({ type: 'source', source }) as const),
  { type: 'status', phase: 'generating' },
  // A delta can end with an unpaired surrogate if the model sends the other half with the next delta.
  ...['', '\ud83d', '\ude00', '\r\n\u2028\0"\\', '</script>', '__proto__'].map(
    (delta) => ({ type: 'token', delta, at: 0 }) as const,
  ),
  ...citations.map(({ index, number, sourceId, start, end }) => {
    return { type: 'citation', citation: { index, number, sourceId, start, end } } as const
  }),
  { type: 'support', index: 0, claim: { start: 0, end: 9 }, support: 'unsupported', reasons: [] },
  {
    type: 'support',
    index: 0,
    claim: { start: 0, end: 9 },
    support: 'weak',
    reasons: ['number:16'],
    passage: { start: 0, end: 11 },
  },
  ...warnings.map((warning) => ({ type: 'warning', ...warning }) as const),
  { type: 'done', ...EVERY_FIELD },
]

/** A run with every type of event except `error`; the last one is `done`. */
export const EVERY_EVENT: readonly ChatEvent[] = deepFreeze(events.map((event, seq): ChatEvent => ({ ...event, seq })))
