import { describe, expect, it } from 'vitest'
import {
  type ChatModel,
  type ChatModelEvent,
  type ChatModelRequest,
  type Engine,
  type StageReport,
  streamChat,
} from '../../src/index.ts'
import { scriptedChatModel, type Script, manualClock } from '../../src/testing.ts'
import { ask, deltasOf, doneOf, errorOf, open, readAll, warningsOf } from './ask.ts'

const STOP = { type: 'finish', finishReason: 'stop' } as const

/** The events of a run whose model is called again without a wait. */
async function askAgain(script: Script) {
  const clock = manualClock()
  const model = scriptedChatModel(script)
  const run = open({ clock, model })
  for (let event = await run.read(); event;) {
    const next = run.read()
    if (event.type === 'warning') await clock.advance(2_000)
    event = await next
  }
  return { events: run.events, model }
}

/** A model that yields values that its type does not allow. */
function modelSaying(...events: readonly unknown[]): ChatModel {
  return {
    async *stream() {
      yield* events as readonly ChatModelEvent[]
    },
  }
}

describe('streamChat with a model that yields no text', () => {
  it.each<[string, Script]>([
    ['nothing', [STOP]],
    ['blanks', [' \n', '\t', STOP]],
    ['only invisible characters', ['\u200B', '\uFEFF', STOP]],
    ['only reasoning', [{ type: 'reasoning' }, STOP]],
    ['no finish reason either', [{ type: 'finish' }]],
    ['another finish reason', [{ type: 'finish', finishReason: 'other' }]],
  ])('A4: fails after three attempts when the model yields %s', async (_name, script) => {
    const { events, model } = await askAgain(script)
    expect(errorOf(events)).toMatchObject({ code: 'upstream-incomplete', retryable: true, partial: { answer: '' } })
    expect(warningsOf(events)).toEqual(['retrying', 'retrying'])
    expect(model.calls).toHaveLength(3)
  })

  it('A4: answers when a later attempt succeeds, and shows nothing of the first one', async () => {
    const script = (_request: ChatModelRequest, attempt: number) => (attempt === 1 ? ['\n', STOP] : ['\n', 'Yes', STOP])
    const { events } = await askAgain(script)
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', answer: '\nYes' })
    expect(deltasOf(events)).toEqual(['\nYes'])
  })

  it('A4: reports that the output tokens were used up for finish reason length, and does not retry', async () => {
    const errors: string[] = []
    const model = scriptedChatModel([{ type: 'reasoning' }, { type: 'finish', finishReason: 'length' }])
    const events = await ask({ model, onError: (error) => errors.push(error.message) })
    expect(errorOf(events)).toMatchObject({ code: 'upstream-incomplete', retryable: false })
    expect(errors).toEqual([expect.stringContaining('raise maxOutputTokens')])
    expect(model.calls).toHaveLength(1)
  })

  it('A4: includes the usage of each attempt', async () => {
    const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 }
    const { events } = await askAgain([{ ...STOP, usage }])
    expect(errorOf(events).partial.usage).toMatchObject({ inputTokens: 30, outputTokens: 15, totalTokens: 45 })
  })

  it('A4: does not retry an engine', async () => {
    let answers = 0
    const engine: Engine = {
      async *answer() {
        answers += 1
        yield STOP
      },
    }
    expect(errorOf(await readAll(streamChat({ engine, question: 'q' })))).toMatchObject({ code: 'upstream-incomplete' })
    expect(answers).toBe(1)
  })
})

describe('streamChat with a model that yields invalid events', () => {
  it.each([
    ['an unknown word', 'because', 'because'],
    ['a finish reason of a run', 'abort', 'abort'],
    ['a number', 7, '7'],
    ['an object', {}, '[object Object]'],
    ['null', null, 'null'],
  ])(
    'C3, A3: maps a finish reason that is %s to other, with a warning, and reports it to the hooks',
    async (_name, word, rawFinishReason) => {
      const stages: StageReport[] = []
      const model = modelSaying({ type: 'text', delta: 'Yes' }, { type: 'finish', finishReason: word })
      const events = await ask({ model, onStage: (report) => stages.push(report) })
      expect(doneOf(events)).toMatchObject({ finishReason: 'other', answer: 'Yes' })
      expect(warningsOf(events)).toEqual(['finish-reason-unknown'])
      expect(stages.at(-1)).toEqual({ stage: 'generated', finishReason: 'other', rawFinishReason })
    },
  )

  it.each([
    ['a string', 'Yes'],
    ['null', null],
    ['nothing', undefined],
    ['a text event whose delta is a number', { type: 'text', delta: 7 }],
    ['a text event without a delta', { type: 'text' }],
  ])('C3: fails as upstream-bad-response for an event that is %s', async (_name, event) => {
    expect(errorOf(await ask({ model: modelSaying(event, STOP) }))).toMatchObject({ code: 'upstream-bad-response' })
  })

  it.each([
    ['text', { inputTokens: '1', outputTokens: 2, totalTokens: 3 }],
    ['infinite', { inputTokens: Infinity, outputTokens: 2, totalTokens: 3 }],
    ['negative', { inputTokens: -1, outputTokens: 2, totalTokens: 1 }],
    ['missing', { outputTokens: 2 }],
    ['not an object', 7],
    ['null', null],
  ])('C3: estimates a usage that is %s', async (_name, usage) => {
    const events = await ask({ model: modelSaying({ type: 'text', delta: 'Yes' }, { ...STOP, usage }) })
    expect(doneOf(events).usage.estimated).toBe(true)
  })
})
