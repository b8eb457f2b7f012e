import { describe, expect, it } from 'vitest'
import { scriptedChatModel } from '../../src/testing.ts'
import { ask, doneOf, errorOf, FINISH, open } from './ask.ts'
import { createConversation } from './conversation.ts'

const RUN = { runId: 'run-1' } as const
const ANSWER = ['Cats sleep 16 hours a day [1].', FINISH] as const

describe('streamChat with a history that does not answer as it should', () => {
  it('F25: stores a turn as aborted whose question was still on its way to the store', async () => {
    const controller = new AbortController()
    const { options, turns } = createConversation((store) => ({
      // Gives up at once when its signal fires, although what it has sent still arrives.
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

  it('F31: answers a run under its id that was refused because the history could not be read', async () => {
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
