import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sha256 } from '../../../src/knowledge/indexing/hash.ts'

const CONTENTS = {
  'an empty text': '',
  'a text of several scripts': 'ü€😀',
  'a text with an unpaired surrogate': 'a\ud800b',
  'a long text': 'x'.repeat(1_000_001),
  bytes: Uint8Array.of(1, 2, 255),
  'a part of a buffer': Uint8Array.of(0, 1, 2, 3).subarray(1, 3),
}

describe('sha256', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it.each(Object.entries(CONTENTS))('is the same in Node and in other runtimes for %s', async (_, content) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const expected = createHash('sha256').update(bytes).digest('hex')
    expect(await sha256(content)).toBe(expected)
    vi.stubGlobal('process', undefined)
    expect(await sha256(content)).toBe(expected)
  })
})
