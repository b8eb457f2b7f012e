import OpenAI from 'openai'
import { describe, expect, it, vi } from 'vitest'
import { SimpleChatEngine } from 'llamaindex'
import { runWithSignal } from '../../../src/integrations/llamaindex/call-signal.ts'
import { abortableSession } from '../../../src/llamaindex.ts'
import { createFaultServer, faults, step } from '../../../src/testing.ts'
import { CLIENTS } from '../openai/clients.ts'
import { openUpstream } from './support/open-upstream.ts'

const CHAT = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true } as const

describe.each(CLIENTS)('abortableSession over %s', (_name, createClient) => {
  it('closes a chat request, a request for vectors and a response at the abort of their run', async () => {
    await using server = await createFaultServer({ behaviour: faults.silent() })
    server.use(step.silence(), { path: '/v1/embeddings' })
    server.use(step.silence(), { path: '/v1/responses' })
    const session = abortableSession<OpenAI>(createClient({ baseURL: server.baseURL }))
    const calls: (() => Promise<unknown>)[] = [
      async () => session.chat.completions.create({ ...CHAT, messages: [...CHAT.messages] }),
      async () => session.embeddings.create({ model: 'm', input: 'x' }),
      async () => session.responses.create({ model: 'm', input: 'x' }),
    ]
    for (const [index, call] of calls.entries()) {
      const controller = new AbortController()
      const pending = runWithSignal({ signal: controller.signal }, call)
      const hit = await server.hit(index)
      controller.abort(new Error('stop'))
      await expect(pending).rejects.toThrow('aborted')
      expect(await hit.closed).toBe('client')
    }
  })

  it('leaves requests outside of a run unchanged', async () => {
    await using server = await createFaultServer({ behaviour: faults.answer(['Hi']) })
    const session = abortableSession<OpenAI>(createClient({ baseURL: server.baseURL }))
    const stream = await session.chat.completions.create({ ...CHAT, messages: [...CHAT.messages] })
    const deltas: unknown[] = []
    for await (const chunk of stream) deltas.push(chunk.choices[0]?.delta.content)
    expect(deltas).toContain('Hi')
    expect([session.baseURL, session.apiKey]).toEqual([server.baseURL, 'key'])
  })
})

describe('abortableSession', () => {
  it('keeps the signal of the caller, too', async () => {
    await using server = await createFaultServer({ behaviour: faults.silent() })
    const session = abortableSession<OpenAI>(new OpenAI({ baseURL: server.baseURL, apiKey: 'key' }))
    const [own, run] = [new AbortController(), new AbortController()]
    const pending = runWithSignal({ signal: run.signal }, async () =>
      session.chat.completions.create({ ...CHAT, messages: [...CHAT.messages] }, { signal: own.signal }),
    )
    const hit = await server.hit(0)
    own.abort()
    await expect(pending).rejects.toThrow('aborted')
    expect(await hit.closed).toBe('client')
  })

  it('shows that LlamaIndex without a run generates on after its reader has left', async () => {
    await using upstream = await openUpstream(faults.answer(Array.from({ length: 40 }, () => 'word ')))
    const stream = await new SimpleChatEngine().chat({ message: 'Hi', stream: true })
    for await (const _chunk of stream) break
    const hit = await upstream.server.hit(0)
    expect(await hit.closed).not.toBe('client')
  })

  it('throws where there is no AsyncLocalStorage', async () => {
    vi.resetModules()
    vi.stubGlobal('process', { ...process, getBuiltinModule: undefined })
    try {
      const fresh = await import('../../../src/llamaindex.ts')
      expect(() => fresh.abortableSession({ chat: { completions: { create: () => {} } } })).toThrow(
        expect.objectContaining({ code: 'invalid-input', field: 'client' }),
      )
    } finally {
      vi.unstubAllGlobals()
      vi.resetModules()
    }
  })

  it.each([
    ['client', null],
    ['client', {}],
    ['client.chat.completions.create', { chat: { completions: {} } }],
    ['client.embeddings.create', { embeddings: {} }],
  ])('throws at once for an invalid %s', (field, client) => {
    expect(() => abortableSession(client as never)).toThrow(expect.objectContaining({ code: 'invalid-input', field }))
  })
})
