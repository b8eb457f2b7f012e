import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { toNodeHandler } from 'ragwire/node'
import { openChat } from '../server/chat.ts'
import { chooseModels } from '../server/models.ts'

// The tests bring their own document, and need no key.
const RETURNS = { documentId: 'returns.md', content: '# Returns\n\nUnused items can be returned within thirty days.' }
const data = mkdtempSync(join(tmpdir(), 'chat-'))
const chat = await openChat({ documents: [RETURNS], data, models: chooseModels({}) })
const server = createServer(toNodeHandler(chat.handler))

before(() => once(server.listen(0, '127.0.0.1'), 'listening'))
after(async () => {
  server.close()
  await chat.close()
  rmSync(data, { recursive: true })
})

function call(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init)
}

async function ask(question: string) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const response = await call('/chat', { method: 'POST', headers, body: JSON.stringify({ question }) })
  assert.equal(response.status, 200)
  return { cookie: response.headers.get('set-cookie') ?? '', result: await response.json() }
}

test('answers from the documents, and cites the source', async () => {
  const { result } = await ask('How long can I return an item?')
  assert.match(result.answer, /within thirty days\. \[1\]/)
  assert.equal(result.sources[0].title, 'Returns')
})

test('refuses a question that the documents do not answer', async () => {
  const { result } = await ask('Who painted the Mona Lisa?')
  assert.equal(result.finishReason, 'no-evidence')
  assert.deepEqual(result.sources, [])
})

test('shows a conversation to its own guest only', async () => {
  const { cookie } = await ask('How long can I return an item?')
  const threadsOf = async (headers: HeadersInit) => (await (await call('/threads', { headers })).json()).threads.length
  assert.equal(await threadsOf({ cookie }), 1)
  assert.equal(await threadsOf({}), 0)
})
