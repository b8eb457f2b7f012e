import { describe, expect, it } from 'vitest'
import { ChatError, collectChat, streamChat, type Engine, type EngineEvent } from '../../src/index.ts'
import { fakeRetriever, scriptedChatModel, type Script } from '../../src/testing.ts'
import { ask, askModel, doneOf, errorOf, FINISH, open, readAll, typesOf, warningsOf } from './ask.ts'

const SOURCE = { type: 'source', source: { documentId: 'd', text: 'Cats sleep 16 hours a day.' } } as const

describe('an answer that cites none of its sources', () => {
  it.each([
    ['has no marker', ['They sleep a lot.', FINISH]],
    ['only says that it does not know', ['The sources do not say.', FINISH]],
    ['has only markers without a source', ['They sleep [7].', FINISH]],
    ['has only markers in code', ['Use `list[1]`.', FINISH]],
    ['was cut', ['They sleep', { type: 'finish', finishReason: 'length' }]],
  ] satisfies readonly (readonly [string, Script])[])(
    'has one warning, as its last event before done, if it %s',
    async (_, script) => {
      const events = await askModel(script)
      expect(typesOf(events).slice(-2)).toEqual(['warning', 'done'])
      expect(events.at(-2)).toEqual({
        type: 'warning',
        seq: events.length - 2,
        code: 'uncited',
        message: 'The answer cites none of the sources that were found',
      })
      expect(doneOf(events).warnings.filter(({ code }) => code === 'uncited')).toHaveLength(1)
    },
  )

  it('has the warning also if markers are stripped', async () => {
    expect(warningsOf(await askModel(['They sleep.', FINISH], { markers: 'strip' }))).toEqual(['uncited'])
    expect(warningsOf(await askModel(['They sleep [1].', FINISH], { markers: 'strip' }))).toEqual([])
  })

  it('has the warning also if it is the answer of an engine', async () => {
    expect(await warningsOfEngine(SOURCE, text('They do.'), FINISH)).toEqual(['uncited'])
    expect(await warningsOfEngine(text('They do.'), SOURCE, FINISH)).toEqual(['uncited'])
    expect(await warningsOfEngine(SOURCE, text('They do [1].'), FINISH)).toEqual([])
    expect(await warningsOfEngine(text('They do.'), FINISH)).toEqual([])
  })

  it.each(['content-filter', 'other'] as const)('has no warning if it ended as %s', async (finishReason) => {
    expect(warningsOf(await askModel(['They sleep', { type: 'finish', finishReason }]))).toEqual([])
  })

  it('has no warning if there are no sources', async () => {
    const retriever = fakeRetriever([])
    expect(warningsOf(await ask({ retriever }))).toEqual([])
    const options = { retriever, onNoEvidence: 'answer' } as const
    expect(warningsOf(await askModel(['From memory.', FINISH], options))).toEqual([])
  })

  it.each([
    ['blank', '  They sleep.', '  '],
    ['empty', '😀', ''],
  ])('has no warning if maxAnswerChars leaves it %s', async (_, text, answer) => {
    const events = await askModel([text, FINISH], { maxAnswerChars: Math.max(1, answer.length) })
    expect(doneOf(events)).toMatchObject({ finishReason: 'length', answer })
    expect(warningsOf(events)).toEqual(['output-capped'])
  })

  it('has no warning if the run was aborted or failed', async () => {
    const controller = new AbortController()
    const model = scriptedChatModel(['They sleep', { hang: 'until-abort' }])
    const run = open({ model, signal: controller.signal })
    await run.readTo('token')
    controller.abort()
    expect(warningsOf(await run.readOn())).toEqual([])
    const failed = await askModel(['They sleep', { error: new ChatError('down', { code: 'upstream-unavailable' }) }])
    expect(errorOf(failed).partial.warnings).toEqual([])
  })

  it('keeps the warning in the result', async () => {
    const { warnings } = await collectChat(
      streamChat({
        question: 'How long?',
        retriever: fakeRetriever(['Cats sleep.']),
        model: scriptedChatModel(['Long.', FINISH]),
      }),
    )
    expect(warnings).toMatchObject([{ code: 'uncited' }])
  })
})

function text(delta: string): EngineEvent {
  return { type: 'text', delta }
}

async function warningsOfEngine(...events: readonly EngineEvent[]): Promise<readonly string[]> {
  const engine: Engine = {
    async *answer() {
      yield* events
    },
  }
  return warningsOf(await readAll(streamChat({ engine, question: 'Do they?' })))
}
