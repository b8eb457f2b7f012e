import { describe, expect, it } from 'vitest'
import { ChatError, collectChat, streamChat, type ChatEvent } from '../../src/index.ts'
import { scriptedChatModel } from '../../src/testing.ts'
import { ask, askModel, chatOptions, doneOf, errorOf, FINISH } from './ask.ts'

async function* replay(events: readonly ChatEvent[]): AsyncGenerator<ChatEvent> {
  yield* events
}

function failureOf(promise: Promise<unknown>): Promise<ChatError> {
  return promise.then(
    () => expect.fail('It did not reject'),
    (error: ChatError) => error,
  )
}

describe('collectChat', () => {
  it('resolves with the fields of the done event', async () => {
    const events = await ask()
    const { type: _type, seq: _seq, ...result } = doneOf(events)
    expect(await collectChat(replay(events))).toEqual(result)
  })

  it('resolves with the partial answer of an aborted run', async () => {
    const controller = new AbortController()
    const model = scriptedChatModel(['They', { hang: 'until-abort' }])
    const onEvent = ({ type }: ChatEvent) => type === 'token' && controller.abort()
    const result = await collectChat(streamChat(chatOptions({ model, signal: controller.signal, onEvent })))
    expect(result).toMatchObject({ finishReason: 'abort', answer: 'They' })
  })

  it('rejects when the run failed, with code, cause and partial result', async () => {
    const cause = new Error('ECONNRESET')
    const model = scriptedChatModel(['They', { error: cause }])
    const error = await failureOf(collectChat(streamChat(chatOptions({ model }))))
    expect(error).toBeInstanceOf(ChatError)
    expect(error).toMatchObject({
      code: 'upstream-unavailable',
      message: 'The model could not be reached',
      retryable: true,
      phase: 'generating',
      partial: { answer: 'They', finishReason: 'error' },
      cause: { code: 'upstream-unavailable', cause },
    })
    expect(error.retryAfterMs).toBeUndefined()
  })

  it('passes on retryAfterMs of the failure', async () => {
    const limited = new ChatError('slow down', { code: 'upstream-rate-limited', retryAfterMs: 190_000 })
    const stream = streamChat(chatOptions({ model: scriptedChatModel([{ error: limited }]) }))
    expect(await failureOf(collectChat(stream))).toMatchObject({ code: 'upstream-rate-limited', retryAfterMs: 190_000 })
  })

  it('rejects without a cause for an error event that came over the network', async () => {
    const event = structuredClone(errorOf(await askModel(['They'])))
    const error = await failureOf(collectChat(replay([event])))
    expect(error).toMatchObject({ code: 'upstream-incomplete', partial: { answer: 'They' }, cause: undefined })
  })

  it('rejects as upstream-incomplete when the stream ends without a terminal event', async () => {
    const events = (await askModel(['They', FINISH])).slice(0, -1)
    expect((await failureOf(collectChat(replay(events)))).code).toBe('upstream-incomplete')
  })
})
