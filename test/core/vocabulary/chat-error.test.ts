import { describe, expect, it } from 'vitest'
import { ChatError, ERROR_CODES, isChatError, publicMessage, toChatError } from '../../../src/index.ts'

describe('ChatError', () => {
  it('stores the code, the message and the details', () => {
    const cause = new Error('beneath')
    const facts = {
      code: 'upstream-unavailable',
      cause,
      retryable: false,
      retryAfterMs: 5,
      phase: 'generating',
    } as const
    const error = new ChatError('details', facts)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'ChatError', message: 'details', ...facts })
    expect(new ChatError('details', { code: 'internal' })).not.toHaveProperty('cause')
  })

  it('knows for each code whether a retry may succeed', () => {
    const retryable = ERROR_CODES.filter((code) => new ChatError('', { code }).retryable)
    expect(ERROR_CODES.filter((code) => !retryable.includes(code))).toEqual([
      'invalid-input',
      'not-found',
      'upstream-auth',
      'upstream-rejected',
      'upstream-bad-response',
      'limit-exceeded',
      'run-expired',
      'internal',
    ])
  })

  it('is recognised by its brand, also when it comes from another copy of the package', () => {
    const other = Object.assign(new Error('other copy'), { code: 'internal' })
    expect(isChatError(other)).toBe(false)
    Object.defineProperty(other, Symbol.for('ragwire.ChatError'), { value: true })
    expect(isChatError(other)).toBe(true)
    expect(isChatError(new ChatError('', { code: 'internal' }))).toBe(true)
    for (const value of [undefined, null, 'text', {}, new Error('x')]) expect(isChatError(value)).toBe(false)
  })
})

describe('toChatError', () => {
  it('returns a ChatError unchanged', () => {
    const error = new ChatError('ours', { code: 'upstream-auth' })
    expect(toChatError(error, 'retrieval-failed')).toBe(error)
  })

  it('wraps any other thrown value', () => {
    const cause = new Error('beneath')
    expect(toChatError(cause)).toMatchObject({ code: 'internal', message: 'beneath', cause })
    expect(toChatError('text', 'retrieval-failed')).toMatchObject({ code: 'retrieval-failed', message: 'text' })
    for (const thrown of [undefined, null, Symbol('x'), Object.create(null)]) {
      expect(toChatError(thrown)).toMatchObject({ code: 'internal', cause: thrown })
    }
  })
})

describe('publicMessage', () => {
  it('has a distinct sentence for every code', () => {
    const sentences = ERROR_CODES.map(publicMessage)
    expect(new Set(sentences).size).toBe(ERROR_CODES.length)
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][^.]+$/)
  })
})
