import type { ChatResult } from '../../core/vocabulary/result.ts'
import { deepFreeze } from './contract-runner.ts'

const tokens = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }

/** A result with every field of a successful run, and with text that careless code corrupts. */
export const EVERY_FIELD = deepFreeze<ChatResult>({
  finishReason: 'stop',
  answer: 'Cats sleep 16 hours [1]. 猫 😀\n"quoted" \\ \u2028\0 \ud83d',
  sources: [
    {
      number: 1,
      sourceId: 'd#c',
      documentId: 'd',
      chunkId: 'c',
      title: 'Cats',
      section: ['Sleep', '猫 "x"\u2028'],
      verbatimEnd: 3,
      url: 'https://a.example/?q=1#x',
      text: 'They sleep.\r\n',
      score: 0.123456789,
      revision: 'k3f9-7',
      location: { page: 2, start: 10, end: 23 },
      metadata: { nested: { list: [1, null, 'x', { deep: true }] }, constructor: 'c' },
    },
    { number: 2, sourceId: '__proto__', documentId: '', chunkId: '', title: '', text: '', location: {}, metadata: {} },
  ],
  citations: [
    {
      index: 0,
      number: 1,
      sourceId: 'd#c',
      start: 20,
      end: 23,
      claim: { start: 0, end: 24 },
      support: 'weak',
      reasons: ['number:16'],
      passage: { start: 0, end: 11 },
    },
    { index: 1, number: 2, sourceId: '__proto__', start: 24, end: 24 },
  ],
  query: { question: 'Q', query: 'q', condensed: true },
  warnings: [{ code: 'retrying', message: 'again' }],
  usage: { ...tokens, estimated: true, phases: { condensing: tokens, generating: { ...tokens, estimated: true } } },
  timings: { condensed: 0.5, retrieved: 1, reranked: 2, firstToken: 3, generated: 4, total: 12.25 },
  saved: true,
})

/** The result of a failed run, with every possible field. */
export const FAILED: ChatResult = deepFreeze({
  ...EVERY_FIELD,
  finishReason: 'error',
  error: { code: 'upstream-stalled', message: 'The model "stopped" 猫\u2028\0' },
})
