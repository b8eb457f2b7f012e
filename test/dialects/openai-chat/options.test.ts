import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../src/openai-chat.ts'

describe('openaiChat', () => {
  it.each([
    ['path', { path: 'v1' }],
    ['path', { path: '/v1/' }],
    ['path', { path: '/v1/{id}' }],
    ['models', { models: [] }],
    ['models', { models: ['docs', ' '] }],
    ['sources.list', { sources: { list: 1 } }],
    ['sources.lists', { sources: { lists: true } }],
  ])('rejects a wrong %s: %j', (field, options) => {
    expect(() => openaiChat(options as never)).toThrow(expect.objectContaining({ code: 'invalid-input', field }))
  })

  it('has the routes below its path', () => {
    const pathsOf = (path?: string) => openaiChat({ path }).routes?.map((route) => `${route.method} ${route.path}`)
    expect(pathsOf()).toEqual(['POST /v1/chat/completions', 'GET /v1/models', 'GET /v1/models/{model}'])
    expect(pathsOf('/api/openai')?.[0]).toBe('POST /api/openai/chat/completions')
    expect(pathsOf('')?.[1]).toBe('GET /models')
  })
})
