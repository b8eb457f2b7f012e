import { describe, expect, it } from 'vitest'
import { ragwireTransport } from '../../../src/ai-sdk.ts'

describe('ragwireTransport', () => {
  it('asks and stops nothing if the page aborts while it looks for the turn to replace', async () => {
    const aborting = new AbortController()
    const requests: string[] = []
    const transport = ragwireTransport({
      url: 'http://localhost/api',
      fetch: async (input: string | URL | Request) => {
        requests.push(new URL(input instanceof Request ? input.url : input).pathname)
        aborting.abort(new Error('left'))
        return Response.json({ turns: [] })
      },
    })
    const sending = transport.sendMessages({
      chatId: 'chat',
      trigger: 'regenerate-message',
      messageId: undefined,
      messages: [{ id: 'q', role: 'user', parts: [{ type: 'text', text: 'Why?' }] }],
      abortSignal: aborting.signal,
    })
    await expect(sending).rejects.toThrow('left')
    expect(requests).toEqual(['/api/threads/chat'])
  })
})
