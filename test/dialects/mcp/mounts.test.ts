import { describe, expect, it } from 'vitest'
import { mcp } from '../../../src/mcp.ts'
import { scriptedChatModel } from '../../../src/testing.ts'
import { MOUNTS } from '../../frameworks/support/mounts.ts'
import { openApp } from '../../frameworks/support/open-app.ts'
import { eventually } from '../../support/eventually.ts'
import { FINISH } from '../../http/support/bench.ts'
import { ACCEPT, INITIALIZE, openKnowledge, toCall, toMessages } from './support/mcp-bench.ts'

const knowledge = await openKnowledge()

/** A call in the version 2026-07-28, which is stateless. */
function toModernCall(name: string, args: object) {
  const call = toCall(1, name, args) as { readonly params: object }
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
    progressToken: 'p',
  }
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name }
  return { headers, body: { ...call, params: { ...call.params, _meta: meta } } }
}

describe.each(MOUNTS)('MCP under $name', (mount) => {
  const handler = {
    retriever: knowledge.retriever(),
    dialects: [mcp({ name: 'tests', knowledge, allowedOrigins: ['app.example'], onWarning: false })],
  }

  it('answers a call of a tool, in both versions', async () => {
    await using app = await openApp(mount, {
      handler: { ...handler, model: scriptedChatModel(['Green tea [1].', FINISH]) },
    })
    const post = async (body: object, headers: Readonly<Record<string, string>> = {}) => {
      const sent = await app.send({ path: '/mcp', body: JSON.stringify(body), headers: { ...ACCEPT, ...headers } })
      return { ...sent, messages: toMessages(sent.text) }
    }
    const begun = await post(INITIALIZE)
    expect(begun.headers.get('mcp-session-id')).toMatch(/^[\da-f-]{36}$/u)
    const ready = await post({ jsonrpc: '2.0', method: 'notifications/initialized' })
    expect([ready.status, ready.text]).toEqual([202, ''])
    const found = await post(toCall(1, 'search', { query: 'steeped' }))
    expect(found.messages).toMatchObject([{ id: 1, result: { structuredContent: { results: [{ title: 'Tea' }] } } }])
    const modern = toModernCall('ask', { question: 'How is green tea steeped?' })
    const asked = await post(modern.body, modern.headers)
    expect(asked.messages.at(-1)).toMatchObject({ id: 1, result: { structuredContent: { finishReason: 'stop' } } })
    expect(asked.messages[0]).toMatchObject({ method: 'notifications/progress' })
  })

  it('stops the model when the client leaves, even if the policy lets runs continue', async () => {
    const model = scriptedChatModel(['Green', { hang: 'until-abort' }])
    await using app = await openApp(mount, { handler: { ...handler, model }, runs: { onDisconnect: 'continue' } })
    let calls = 0
    for (const { headers = {}, body } of [
      toModernCall('ask', { question: 'tea?' }),
      { body: toCall(1, 'ask', { question: 'tea?' }) },
    ]) {
      const client = await app.ask({ path: '/mcp', body, headers: { ...ACCEPT, ...headers } })
      calls += 1
      await eventually(() => expect(model.calls).toHaveLength(calls))
      client.destroy()
      expect(await model.calls.at(-1)?.ended).toBe('aborted')
    }
  })
})
