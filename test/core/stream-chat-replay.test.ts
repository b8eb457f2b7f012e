import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatError, EMPTY_RESULT, publicMessage, reduceEvent, type HistoryStore } from '../../src/index.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { ask, doneOf, errorOf, FINISH, typesOf } from './ask.ts'
import { createConversation } from './conversation.ts'

const ANSWER = 'Cats sleep 16 hours a day [1, 2]. Dogs do not [2], says nobody.'
const RUN = { runId: 'run-1', sourceMetadata: ['page'] } as const
const FINDINGS = ['Cats sleep 16 hours a day.', 'Dogs sleep less.']

describe('streamChat with a run id that has ended before', () => {
  it('F31: replays the saved answer, and calls no model', async () => {
    const { options, turns } = createConversation()
    const first = doneOf(
      await ask({ ...options, ...RUN, retriever: fakeRetriever(FINDINGS), model: scriptedChatModel([ANSWER, FINISH]) }),
    )
    const retriever = fakeRetriever(['x'])
    const model = scriptedChatModel(['Something else.', FINISH])
    const events = await ask({ ...options, ...RUN, retriever, model })
    const { seq: _first, ...expected } = first
    const { seq: _again, ...again } = doneOf(events)
    expect(again).toEqual(expected)
    expect([retriever.calls, model.calls]).toEqual([[], []])
    expect(await turns()).toHaveLength(1)
  })

  it('P2, P3, P4: gives a replay that fulfils the same guarantees as the first stream', async () => {
    const piece = fc.constantFrom('Cats ', 'sleep. ', '[1]', '[2]', '[1, 2]', '[9]', '😀', '\n\n')
    const pieces = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    const answers = pieces.filter((answer) => answer.trim() !== '')
    await fc.assert(
      fc.asyncProperty(answers, fc.constantFrom('keep', 'strip'), async (answer, markers) => {
        const { options } = createConversation()
        const run = { ...options, ...RUN, markers, retriever: fakeRetriever(FINDINGS) } as const
        const first = doneOf(await ask({ ...run, model: scriptedChatModel([answer, FINISH]) }))
        const events = await ask(run)
        const { answer: text, sources, citations, warnings, query } = first
        expect(events.slice(0, -1).reduce(reduceEvent, EMPTY_RESULT)).toEqual({
          answer: text,
          sources,
          citations,
          warnings,
          query,
        })
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index))
        const types = typesOf(events)
        if (types.includes('token')) expect(types.lastIndexOf('source')).toBeLessThan(types.indexOf('token'))
        for (const [index, event] of events.entries()) {
          if (event.type !== 'citation' || event.citation.end === event.citation.start) continue
          const marker = events.slice(index).find(({ type }) => type === 'token')
          expect(marker).toMatchObject({
            at: event.citation.start,
            delta: text.slice(event.citation.start, event.citation.end),
          })
        }
      }),
      { numRuns: 100 },
    )
  })

  it('D2: repeats the error of a failed run, and does not run it again', async () => {
    const { options, turns } = createConversation()
    const failing = {
      ...options,
      ...RUN,
      retriever: fakeRetriever(FINDINGS),
      model: scriptedChatModel(['Cats ', { error: new ChatError('secret', { code: 'upstream-disconnected' }) }]),
    }
    await ask(failing)
    const events = await ask({ ...options, ...RUN, model: scriptedChatModel([ANSWER, FINISH]) })
    const error = { code: 'upstream-disconnected', message: publicMessage('upstream-disconnected') }
    const partial = { answer: 'Cats ', finishReason: 'error', error }
    expect(errorOf(events)).toMatchObject({ ...error, retryable: true, partial })
    expect((await turns())[0]?.result).toMatchObject(partial)
  })

  it('D2: reports run-expired when an earlier version saved no error for a failed run', async () => {
    const { options, turns } = createConversation()
    const model = scriptedChatModel([{ error: new ChatError('secret', { code: 'upstream-disconnected' }) }])
    await ask({ ...options, ...RUN, retries: 0, retriever: fakeRetriever(FINDINGS), model })
    const [turn] = await turns()
    if (!turn?.result) return expect.fail('Nothing was kept')
    const { error: _error, ...old } = turn.result
    const history: HistoryStore = { ...options.history, load: async () => [{ ...turn, result: old }] }
    expect(errorOf(await ask({ ...options, ...RUN, history }))).toMatchObject({ code: 'run-expired', partial: old })
  })
})
