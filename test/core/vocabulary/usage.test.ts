import { describe, expect, it } from 'vitest'
import { estimateTokens } from '../../../src/index.ts'
import { estimateUsage, totalUsage } from '../../../src/core/vocabulary/usage.ts'

describe('estimateTokens', () => {
  it.each([
    ['', 0],
    ['a', 1],
    ['four', 1],
    ['fives', 2],
    ['你好世界', 4],
    ['ねこです', 4],
    ['고양이', 3],
    ['แมว', 3],
    ['你好 world', 4],
  ])('counts %j as %i', (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens)
  })
})

describe('totalUsage', () => {
  const condensing = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }
  const generating = { inputTokens: 10, outputTokens: 20, totalTokens: 30, estimated: true } as const

  it('sums the phases, and is estimated when one of them is estimated', () => {
    expect(totalUsage({ condensing })).toEqual({ ...condensing, phases: { condensing } })
    expect(totalUsage({ condensing, generating })).toEqual({
      inputTokens: 11,
      outputTokens: 22,
      totalTokens: 33,
      estimated: true,
      phases: { condensing, generating },
    })
  })

  it('is zero and not estimated without phases', () => {
    expect(totalUsage({})).toEqual({ inputTokens: 0, outputTokens: 0, totalTokens: 0, phases: {} })
  })
})

describe('estimateUsage', () => {
  it('counts the tokens of all prompt messages and of the answer', () => {
    const usage = estimateUsage(['ab', 'c'], 'defg', (text) => text.length)
    expect(usage).toEqual({ inputTokens: 3, outputTokens: 4, totalTokens: 7, estimated: true })
  })
})
