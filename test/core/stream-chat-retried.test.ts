import { describe, expect, it } from 'vitest'
import { scriptedChatModel } from '../../src/testing.ts'
import { ask, doneOf, errorOf, FINISH, open } from './ask.ts'
import { createConversation } from './conversation.ts'

const RUN = { runId: 'run-1' } as const
const ANSWER = ['Cats sleep 16 hours a day [1].', FINISH] as const

describe('streamChat with a history that fails', () => {
  it('F25: saves a turn as aborted when the abort comes while its question is being saved', async () => {
    const controller = new AbortController()
    const { options, turns } = createConversation((store) => ({
      // Rejects at once when its signal aborts, although the call still reaches the store.
      beginTurn: (turn, { signal }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          setImmediate(() => void store.beginTurn(turn, { signal }).then(resolve, reject))
        }),
    }))
    const run = open({ ...options, ...RUN, signal: controller.signal })
    await run.read()
    controller.abort()
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'abort', saved: true })
    expect((await turns()).map(({ result }) => result?.finishReason)).toEqual(['abort'])
  })

  it('F31: accepts a retry with the id of a run that failed because the history could not be read', async () => {
    let down = true
    const { options, turns } = createConversation((store) => ({
      async load(thread, options) {
        if (down) throw new Error('ECONNREFUSED')
        return store.load(thread, options)
      },
    }))
    expect(errorOf(await ask({ ...options, ...RUN })).code).toBe('store-unavailable')
    down = false
    const events = await ask({ ...options, ...RUN, model: scriptedChatModel(ANSWER) })
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', saved: true })
    expect((await turns()).map(({ result }) => result?.finishReason)).toEqual(['stop'])
  })
})
