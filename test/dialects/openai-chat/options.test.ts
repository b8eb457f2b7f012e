import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../src/openai-chat.ts'
import { createChatHandler } from '../../../src/server.ts'
import { fakeRetriever, scriptedChatModel } from '../../../src/testing.ts'

describe('openaiChat', () => {
  it.each([
    ['path', { path: 7 }],
    ['models', { models: [] }],
    ['models', { models: ['docs', ' '] }],
    ['sources.list', { sources: { list: 1 } }],
    ['sources.lists', { sources: { lists: true } }],
  ])('rejects a wrong %s: %j', (field, options) => {
    expect(() => openaiChat(options as never)).toThrow(expect.objectContaining({ code: 'invalid-input', field }))
  })

  it.each(['v1', '/v1/', '/v1/{id}'])('cannot be mounted at %s', (path) => {
    const options = { retriever: fakeRetriever([]), model: scriptedChatModel([]), scope: () => 'everybody' }
    expect(() => createChatHandler({ ...options, dialects: [openaiChat({ path })] })).toThrow(/path such as/u)
  })

  it('has the routes below its path', () => {
    const pathsOf = (path?: string) => openaiChat({ path }).routes?.map((route) => `${route.method} ${route.path}`)
    expect(pathsOf()).toEqual(['POST /v1/chat/completions', 'GET /v1/models', 'GET /v1/models/{model}'])
    expect(pathsOf('/api/openai')?.[0]).toBe('POST /api/openai/chat/completions')
    expect(pathsOf('')?.[1]).toBe('GET /models')
  })
})
