import fc from 'fast-check'
import { ERROR_CODES } from '../../src/core/vocabulary/error-codes.ts'
import type { ChatEvent, ChatResult, Source } from '../../src/index.ts'
import { anyText } from '../support/chat-events.ts'

// JSON has no negative zero, no NaN and no Infinity, so stored numbers exclude them.
const count = fc.nat()
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
const text = anyText()
const seq = count

const anyJson = fc
  .jsonValue()
  .map((value) => JSON.stringify(value))
  .filter((json) => !json.includes('__proto__'))
  .map((json): unknown => JSON.parse(json))

const anySource: fc.Arbitrary<Source> = fc.record(
  {
    number: count,
    sourceId: text,
    documentId: text,
    chunkId: text,
    title: text,
    section: fc.array(text, { maxLength: 3 }),
    url: fc.webUrl(),
    text,
    score: number,
    location: fc.record({ page: count, start: count, end: count }, { requiredKeys: [] }),
    metadata: fc.dictionary(fc.string(), anyJson).filter((metadata) => !Object.hasOwn(metadata, '__proto__')),
  },
  { requiredKeys: ['number', 'sourceId', 'documentId', 'chunkId', 'title', 'text', 'metadata'] },
)

const citation = { index: count, number: count, sourceId: text, start: count, end: count }
const range = fc.record({ start: count, end: count })
const support = {
  claim: range,
  support: fc.constantFrom('supported', 'weak', 'unsupported'),
  reasons: fc.array(text, { maxLength: 3 }),
  passage: range,
}
const query = { question: text, query: text, condensed: fc.boolean() }
const warning = { code: fc.constantFrom('retrying', 'source-url-dropped', 'history-trimmed'), message: text }

const tokens = { inputTokens: count, outputTokens: count, totalTokens: count, estimated: fc.constant(true) } as const
const requiredTokens = ['inputTokens', 'outputTokens', 'totalTokens'] as const
const anyTokens = fc.record(tokens, { requiredKeys: [...requiredTokens] })

const result = {
  finishReason: fc.constantFrom('stop', 'length', 'content-filter', 'no-evidence', 'abort', 'error', 'other'),
  error: fc.record({ code: fc.constantFrom(...ERROR_CODES), message: text }),
  answer: text,
  sources: fc.array(anySource, { maxLength: 3 }),
  citations: fc.array(
    fc.record({ ...citation, ...support }, { requiredKeys: ['index', 'number', 'sourceId', 'start', 'end'] }),
    { maxLength: 3 },
  ),
  query: fc.record(query),
  warnings: fc.array(fc.record(warning), { maxLength: 3 }),
  usage: fc.record(
    { ...tokens, phases: fc.record({ condensing: anyTokens, generating: anyTokens }, { requiredKeys: [] }) },
    { requiredKeys: [...requiredTokens, 'phases'] },
  ),
  timings: fc.record(
    {
      condensed: number,
      retrieved: number,
      reranked: number,
      firstToken: number,
      generated: number,
      total: number,
    },
    { requiredKeys: ['total'] },
  ),
  saved: fc.boolean(),
} as const
const requiredResult = [
  'finishReason',
  'answer',
  'sources',
  'citations',
  'warnings',
  'usage',
  'timings',
  'saved',
] as const

/** Any result that a run can have. */
export const anyResult: fc.Arbitrary<ChatResult> = fc.record(result, { requiredKeys: [...requiredResult] }).map(plain)

const phase = fc.constantFrom('condensing', 'retrieving', 'reranking', 'generating')

/** Any event that a run can emit. */
export const anyEvent: fc.Arbitrary<ChatEvent> = fc
  .oneof(
    fc.record(
      { type: fc.constant('start'), seq, v: fc.constant(1), runId: text, messageId: text, threadId: text },
      { requiredKeys: ['type', 'seq', 'v', 'runId', 'messageId'] },
    ),
    fc.record({ type: fc.constant('status'), seq, phase }),
    fc.record({ type: fc.constant('query'), seq, ...query }),
    fc.record({ type: fc.constant('source'), seq, source: anySource }),
    fc.record({ type: fc.constant('token'), seq, delta: text, at: count }),
    fc.record({ type: fc.constant('citation'), seq, citation: fc.record(citation) }),
    fc.record(
      { type: fc.constant('support'), seq, index: count, ...support },
      { requiredKeys: ['type', 'seq', 'index', 'claim', 'support', 'reasons'] },
    ),
    fc.record({ type: fc.constant('warning'), seq, ...warning }),
    fc.record({ type: fc.constant('done'), seq, ...result }, { requiredKeys: ['type', 'seq', ...requiredResult] }),
    fc.record(
      {
        type: fc.constant('error'),
        seq,
        code: fc.constantFrom(...ERROR_CODES),
        message: text,
        retryable: fc.boolean(),
        retryAfterMs: count,
        phase,
        partial: anyResult,
      },
      { requiredKeys: ['type', 'seq', 'code', 'message', 'retryable', 'phase', 'partial'] },
    ),
  )
  .map(plain)

// Decoded objects have the usual prototype; values of fast-check may have none.
function plain<T>(value: T): T {
  return structuredClone(value)
}
