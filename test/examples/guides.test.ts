import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OpenAI as LlamaIndexOpenAI } from '@llamaindex/openai'
import { tool } from 'llamaindex'
import OpenAI from 'openai'
import { z } from 'zod'
import { describe, expect, it, vi } from 'vitest'
import { snippetsOf } from '../../scripts/snippets.ts'
import {
  collectChat,
  createChat,
  memoryHistoryStore,
  streamChat,
  type Chat,
  type ChatEvent,
  type ChatResult,
  type Chunk,
  type Embedder,
  type Retriever,
  type TurnOptions,
} from '../../src/index.ts'
import { abortableSession } from '../../src/llamaindex.ts'
import { toNodeHandler } from '../../src/node.ts'
import { openaiEmbedder } from '../../src/openai.ts'
import { createChatHandler } from '../../src/server.ts'
import { readSse } from '../../src/sse.ts'
import { createFaultServer, createGate, fakeRetriever, faults, scriptedChatModel } from '../../src/testing.ts'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'

// Inside the repository, so that the imported packages resolve.
const FOLDER = '.cache/guides'

/** Runs the block of a guide that contains a word, with the address of a test server. */
async function runBlock<T>(guide: string, word: string, baseURL: string): Promise<T> {
  const block = snippetsOf(guide).find(({ code }) => code.includes(word))
  mkdirSync(FOLDER, { recursive: true })
  const file = resolve(FOLDER, `${word}-${new URL(baseURL).port}.ts`)
  const code = block?.code.replaceAll('http://127.0.0.1:11434/v1', baseURL)
  writeFileSync(file, code ?? expect.fail(`No block of the guide holds ${word}`))
  // The guide defines what the module exports; the test uses that.
  return (await import(pathToFileURL(file).href)) as T
}

const CHUNKS: readonly Chunk[] = [
  { chunkId: '1', documentId: 'tea', text: 'Green tea is steeped at 80 degrees.' },
  { chunkId: '2', documentId: 'cats', text: 'Cats sleep 16 hours a day.' },
  { chunkId: '3', documentId: 'dogs', text: 'Dogs bark at night.' },
]

describe('the guide to models and retrievers', () => {
  it('D7: shows an embedder in a retriever that finds the nearest chunks', async () => {
    await using server = await createFaultServer()
    interface Block {
      readonly vectorRetriever: (chunks: readonly Chunk[], embedder: Embedder) => Promise<Retriever>
    }
    const { vectorRetriever } = await runBlock<Block>(
      'docs/guides/models-and-retrievers.md',
      'vectorRetriever',
      server.baseURL,
    )
    const client = new OpenAI({ baseURL: server.baseURL, apiKey: 'key' })
    const retriever = await vectorRetriever(CHUNKS, openaiEmbedder({ client, model: 'm' }))
    const { signal } = new AbortController()
    const found = await retriever.retrieve('How long do cats sleep a day?', { topK: 2, signal })
    expect(found.map(({ chunk }) => chunk.documentId)[0]).toBe('cats')
    expect(found).toHaveLength(2)
    expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? 1)
  })

  it('D7: shows how to send the temperature and the token limit', async () => {
    await using server = await createFaultServer()
    server.use(faults.answer('Cats sleep [1].'))
    interface Block {
      readonly ask: (question: string, retriever: Retriever) => ReturnType<typeof streamChat>
    }
    const { ask } = await runBlock<Block>(
      'docs/guides/models-and-retrievers.md',
      'maxOutputTokens: 800',
      server.baseURL,
    )
    await collectChat(ask('How long do cats sleep?', fakeRetriever(['Cats sleep 16 hours.'])))
    const hit = await server.hit(0)
    expect(hit.body).toMatchObject({ temperature: 0.2, max_completion_tokens: 800 })
  })
})

describe('the guide from a LlamaIndex chat engine', () => {
  it('D7: shows a service function that streams the events of a workflow, and returns the answer with its sources', async () => {
    await using server = await createFaultServer()
    interface Block {
      readonly streamAnswer: (chat: Chat, turn: TurnOptions) => AsyncGenerator<ChatEvent, ChatResult>
    }
    const { streamAnswer } = await runBlock<Block>('docs/guides/from-llamaindex.md', 'streamAnswer', server.baseURL)
    const model = scriptedChatModel(['They sleep [1].', { type: 'finish', finishReason: 'stop' }])
    const chat = createChat({ retriever: fakeRetriever(['Cats sleep 16 hours.']), model })
    const answer = streamAnswer(chat, { question: 'How long do cats sleep?' })
    const types: string[] = []
    let next = await answer.next()
    for (; !next.done; next = await answer.next()) types.push(next.value.type)
    expect(types).toEqual(expect.arrayContaining(['start', 'source', 'token', 'done']))
    expect(next.value).toMatchObject({ answer: 'They sleep [1].', sources: [{ number: 1 }] })
  })

  it('D7: shows an agent that streams', async () => {
    await using server = await createFaultServer()
    server.use(faults.answer(['Because', ' of it.']))
    interface Block {
      readonly createAgentChat: (llm: unknown, tools: readonly unknown[]) => Chat
    }
    const { createAgentChat } = await runBlock<Block>(
      'docs/guides/from-llamaindex.md',
      'createAgentChat',
      server.baseURL,
    )
    const session = abortableSession<never>(new OpenAI({ baseURL: server.baseURL, apiKey: 'key' }))
    const echo = tool({ name: 'echo', description: 'Repeats', parameters: z.object({}), execute: () => 'x' })
    const chat = createAgentChat(new LlamaIndexOpenAI({ model: 'gpt-4o', session }), [echo])
    expect((await collectChat(chat.stream({ question: 'Why?' }))).answer).toBe('Because of it.')
  })
})

describe('the guide to the first steps', () => {
  it('D7: states the right length of the model for another vendor', () => {
    const [, lines] = /in about\s+(\d+) lines/.exec(readFileSync('docs/guides/getting-started.md', 'utf8')) ?? []
    const example = readFileSync('examples/vendor-model/anthropic-chat-model.ts', 'utf8').trimEnd().split('\n')
    expect(Math.abs(example.length - Number(lines))).toBeLessThanOrEqual(10)
  })

  it('D5: quotes the right message for a misspelt option', async () => {
    expect(() => streamChat({ question: 'q', retriever: {}, model: {}, topk: 3 } as never)).toThrow(
      'Did you mean topK?',
    )
  })
})

describe('the guides to stopping and to HTTP', () => {
  it('D7: state correctly that an aborted page sees no end, and that the server saves the answer as stopped', async () => {
    const gate = createGate()
    const history = memoryHistoryStore()
    const model = scriptedChatModel(['Hello', { gate }, ' world', { type: 'finish' }])
    const handler = createChatHandler({ retriever: fakeRetriever(['x']), model, history, scope: () => 's' })
    const server = createServer(toNodeHandler(handler))
    const port = await listenOnLoopback(server)
    const leaving = new AbortController()
    const response = await fetch(`http://127.0.0.1:${port}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ question: 'Why?', threadId: 't' }),
      signal: leaving.signal,
    })
    const types: string[] = []
    const reading = (async () => {
      for await (const event of readSse(response.body ?? expect.fail('There is no body'), { signal: leaving.signal })) {
        types.push(event.type)
        if (event.type === 'token') leaving.abort()
      }
    })()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    expect(types.at(-1)).toBe('token')
    await model.calls[0]?.ended
    const { signal } = new AbortController()
    await vi.waitFor(async () => {
      const [turn] = await history.load({ scope: 's', threadId: 't' }, { limit: 1, signal })
      expect(turn?.result).toMatchObject({ finishReason: 'abort', answer: 'Hello' })
    })
    server.closeAllConnections()
    server.close()
  })
})
