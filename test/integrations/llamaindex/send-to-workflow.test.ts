import { createWorkflow, workflowEvent } from '@llamaindex/workflow'
import { describe, expect, it } from 'vitest'
import { createChat, type ChatEvent, type ChatModel, type ChatResult, type TurnOptions } from '../../../src/index.ts'
import { sendToWorkflow } from '../../../src/llamaindex.ts'
import { fakeRetriever, scriptedChatModel } from '../../../src/testing.ts'
import { FINISH } from '../../core/ask.ts'

const questionEvent = workflowEvent<TurnOptions>()
const chatEvent = workflowEvent<ChatEvent>()
const resultEvent = workflowEvent<ChatResult>()

/** Runs a turn in the step of a workflow, and reads the stream of the workflow to its end. */
async function runWorkflow(model: ChatModel, turn: TurnOptions, onEvent?: (event: ChatEvent) => void) {
  const chat = createChat({ retriever: fakeRetriever(['Cats sleep 16 hours.']), model })
  const workflow = createWorkflow()
  workflow.handle([questionEvent], async ({ sendEvent }, { data }) => {
    const result = await sendToWorkflow(chat.stream(data), (event) => sendEvent(chatEvent.with(event)))
    return resultEvent.with(result)
  })
  const { stream, sendEvent } = workflow.createContext()
  const events: ChatEvent[] = []
  const reading = (async () => {
    for await (const event of stream.until(resultEvent)) {
      if (chatEvent.include(event)) {
        events.push(event.data)
        onEvent?.(event.data)
      }
      if (resultEvent.include(event)) return { events, result: event.data }
    }
    return expect.fail('The workflow ended without a result')
  })()
  sendEvent(questionEvent.with(turn))
  return reading
}

describe('sendToWorkflow in the step of a workflow', () => {
  it('writes each event to the stream, and the step has the answer with its sources as its result', async () => {
    const model = scriptedChatModel(['They sleep', ' 16 hours [1].', FINISH])
    const { events, result } = await runWorkflow(model, { question: 'How long do cats sleep?' })
    expect(events.map(({ seq }) => seq)).toEqual([...events.keys()])
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['start', 'source', 'token', 'citation']))
    expect(result).toMatchObject({ answer: 'They sleep 16 hours [1].', finishReason: 'stop' })
    expect(result.sources.map(({ text }) => text)).toEqual(['Cats sleep 16 hours.'])
    expect(events.at(-1)).toMatchObject(result)
  })

  it('has a result after a failure, so that the reader of the workflow is not left waiting', async () => {
    const model = scriptedChatModel(['Half', { error: new Error('broken') }])
    const { events, result } = await runWorkflow(model, { question: 'Why?' })
    expect(events.at(-1)?.type).toBe('error')
    expect(result).toMatchObject({ answer: 'Half', finishReason: 'error', error: { code: 'upstream-unavailable' } })
    expect(result.sources).toHaveLength(1)
  })

  it('has the partial answer as its result after an abort, which reaches the model', async () => {
    const controller = new AbortController()
    const model = scriptedChatModel(['Half', { hang: 'until-abort' }])
    const { result } = await runWorkflow(model, { question: 'Why?', signal: controller.signal }, ({ type }) => {
      if (type === 'token') controller.abort()
    })
    expect(result).toMatchObject({ answer: 'Half', finishReason: 'abort' })
    expect(await model.calls[0]?.ended).toBe('aborted')
  })

  it('rejects for a stream without a terminal event, and for misuse', async () => {
    const none: AsyncIterable<ChatEvent> = {
      [Symbol.asyncIterator]: () => ({ next: async () => ({ value: undefined, done: true }) }),
    }
    await expect(sendToWorkflow(none, () => {})).rejects.toMatchObject({ code: 'upstream-incomplete' })
    await expect(sendToWorkflow({} as never, () => {})).rejects.toMatchObject({ field: 'stream' })
    await expect(sendToWorkflow(none, undefined as never)).rejects.toMatchObject({ field: 'send' })
  })
})
