import { describe, expect, it } from 'vitest'
import { hashedNgramEmbedder } from '../../../src/knowledge.ts'
import { chooseEmbedder } from '../../../src/cli/settings/choose-embedder.ts'

const OPENAI = { OPENAI_API_KEY: 'sk-test' }
const OTHER = { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }
const EMBEDDER = hashedNgramEmbedder()

describe('chooseEmbedder', () => {
  it.each([
    ['none without a server', {}, undefined, {}, undefined],
    ['a small model of OpenAI', OPENAI, undefined, {}, 'text-embedding-3-small at api.openai.com'],
    ['none of another server, which may have no embeddings', OTHER, undefined, {}, undefined],
    ['the option before the variable', { ...OTHER, OPENAI_EMBEDDING_MODEL: 'b' }, 'a', {}, 'a at 127.0.0.1:1'],
    [
      'the variable before the configuration',
      { ...OTHER, OPENAI_EMBEDDING_MODEL: 'b' },
      undefined,
      { embedder: 'c' },
      'b at 127.0.0.1:1',
    ],
    [
      'the configuration if the variable is empty',
      { ...OTHER, OPENAI_EMBEDDING_MODEL: '' },
      undefined,
      { embedder: 'c' },
      'c at 127.0.0.1:1',
    ],
    ['none if the configuration says so', OPENAI, undefined, { embedder: false as const }, undefined],
    ['an embedder of the configuration', {}, undefined, { embedder: EMBEDDER }, EMBEDDER.id],
  ])('takes %s', (_, env, name, config, expected) => {
    expect(chooseEmbedder(env, { name, config })?.name).toBe(expected)
  })

  it('refuses an option that no server can serve, with the fix', () => {
    expect(() => chooseEmbedder({}, { name: 'a', config: {} })).toThrow('Cannot use --embedding-model a: set OPENAI')
  })
})
