import { describe, expect, it } from 'vitest'
import { traceHooks, type Reranker, type RetrieveAndAnswerOptions } from '../../../src/index.ts'
import { fakeRetriever, manualClock, scriptedChatModel } from '../../../src/testing.ts'
import { ask, FINISH } from '../ask.ts'

/** Returns the lines that a run prints. */
async function trace(changes: Partial<RetrieveAndAnswerOptions> = {}): Promise<readonly string[]> {
  const lines: string[] = []
  await ask({ runId: 'run-1', clock: manualClock(), ...traceHooks((line) => lines.push(line)), ...changes })
  return lines
}

const reranker: Reranker = {
  rerank: async (_query, chunks) => chunks.toReversed().map(({ chunk }, index) => ({ chunk, score: 9 - index })),
}

describe('traceHooks', () => {
  it('prints one line per stage, with retrieved chunks, kept chunks and usage', async () => {
    const usage = { inputTokens: 20, outputTokens: 7, totalTokens: 27 }
    const model = scriptedChatModel(['Dogs sleep', ' 12 hours', ' [1][7].', { ...FINISH, usage }])
    const prompt = () => [{ role: 'user', content: 'Twelve chars' }] as const
    expect(await trace({ model, prompt, reranker, minScore: 0.25, threadId: 'thread-1' })).toEqual([
      'run run-1 of thread thread-1',
      'question "How long do cats sleep?", query "How long do cats sleep?"',
      'retrieved 2 for "How long do cats sleep?": chunk-1 1.000, chunk-2 0.500',
      'evidence passed: best 1.000, needed 0.250',
      'reranked 2: chunk-2 9.000, chunk-1 8.000',
      'source [1] Document 2 (9.000)',
      'source [2] Document 1 (8.000)',
      'prompt 1 messages, 12 characters, about 3 tokens',
      'first token',
      'warning citation-unknown',
      'generated, ended with stop',
      'citation 0 supported',
      'done stop: 20 in, 7 out; {"retrieved":0,"reranked":0,"firstToken":0,"generated":0,"total":0} ms',
    ])
  })

  it('prints the reason why nothing was answered', async () => {
    expect(await trace({ retriever: fakeRetriever([]), minScore: 0.5 })).toContain(
      'evidence refused: best none, needed 0.500',
    )
  })

  it('prints a failure with its code, cause and phase', async () => {
    const lines = await trace({ model: scriptedChatModel(['a', { error: new Error('socket hang up') }]) })
    expect(lines.slice(-2)).toEqual([
      'error upstream-unavailable: socket hang up',
      'failed upstream-unavailable while generating',
    ])
  })

  it('does not affect the run when printing fails', async () => {
    const print = () => {
      throw new Error('no terminal')
    }
    expect((await ask(traceHooks(print))).at(-1)).toMatchObject({ type: 'done', finishReason: 'stop' })
  })
})
