import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { streamChat, type ChatModel, type ChatModelRequest } from '../../src/index.ts'
import { chatOptions, FINISH } from './ask.ts'

describe('streamChat while an answer is in progress', () => {
  it('no longer holds the request of the model once the answer has begun', async () => {
    expect(await isPromptHeld({})).toBe(false)
  })

  it('estimates the tokens of the prompt although it no longer holds it', async () => {
    const model: ChatModel = {
      async *stream() {
        yield { type: 'text', delta: 'Sixteen.' }
        yield FINISH
      },
    }
    const texts: string[] = []
    const prompts: string[] = []
    const onStage = (report: { readonly stage: string; readonly messages?: readonly { content: string }[] }): void =>
      void prompts.push(...(report.messages ?? []).map(({ content }) => content))
    for await (const event of streamChat(chatOptions({ model, onStage }))) {
      if (event.type === 'done') texts.push(String(event.usage.inputTokens))
    }
    expect(texts).toEqual([String(prompts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0))])
  })
})

/** Returns true if the request of the model is in memory after the first token. */
async function isPromptHeld(changes: Parameters<typeof chatOptions>[0]): Promise<boolean> {
  let request: WeakRef<ChatModelRequest> | undefined
  const model: ChatModel = {
    stream(asked) {
      request = new WeakRef(asked)
      return answering()
    },
  }
  const stream = streamChat(chatOptions({ model, ...changes }))[Symbol.asyncIterator]()
  for (;;) {
    const { value } = await stream.next()
    if (value?.type === 'token') break
  }
  await nextTurn()
  globalThis.gc?.()
  const held = request?.deref() !== undefined
  await stream.return?.()
  return held
}

async function* answering() {
  yield { type: 'text', delta: 'Sixteen.' } as const
  await new Promise(() => {})
}
