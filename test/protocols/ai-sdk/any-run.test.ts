import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aiSdk, toUiMessages, type RagwireUIMessage } from '../../../src/ai-sdk.ts'
import type { ChatEvent } from '../../../src/index.ts'
import { anyRun } from '../../dialects/ai-sdk/support/any-run.ts'
import { SDKS, type Sdk } from './sdks.ts'

/** Reads the events by the parser, the schema and the reducer of a version. */
async function read({ DefaultChatTransport, readUIMessageStream }: Sdk, events: readonly ChatEvent[]) {
  const wire = events.map(aiSdk().open({})).join('')
  const transport = new DefaultChatTransport({ api: 'http://localhost', fetch: async () => new Response(wire) })
  const stream = await transport.sendMessages({ chatId: 'chat', messages: [], trigger: 'submit-message' })
  const errors: string[] = []
  let last: RagwireUIMessage | undefined
  for await (const message of readUIMessageStream({ stream, onError: (error) => errors.push(String(error)) }))
    last = message
  return { message: last, errors }
}

describe.each(Object.entries(SDKS))('the stream of any run, read by %s', (_version, sdk) => {
  it('has the text and the parts of the stored turn, and an error only if the run has failed', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun(), async ({ events, result }) => {
        const { message, errors } = await read(sdk, events)
        const turn = {
          v: 1,
          threadId: 'chat',
          runId: 'run',
          messageId: 'm',
          question: '?',
          createdAt: 0,
          result,
        } as const
        const stored = toUiMessages([turn])[1]
        expect({ id: message?.id, parts: toJson(message?.parts) }).toEqual({ id: 'run', parts: toJson(stored?.parts) })
        expect(errors.length).toBe(result.finishReason === 'error' ? 1 : 0)
      }),
      { numRuns: 100 },
    )
  })
})

function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
