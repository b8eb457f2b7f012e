import { describe, expect, it } from 'vitest'
import { rarity } from '../../../src/knowledge/search/rarity.ts'

describe('rarity', () => {
  it('is higher for rarer terms, and never negative', () => {
    expect(rarity(1, 100)).toBeGreaterThan(rarity(50, 100))
    expect(rarity(100, 100)).toBeGreaterThan(0)
  })

  it('is at least a fifth of the highest one, also for a term in all texts', () => {
    expect(rarity(1000, 1000)).toBeCloseTo(rarity(1, 1000) / 5)
  })

  it('treats an unknown term like one that occurs in a single text', () => {
    expect(rarity(0, 3)).toBe(rarity(1, 3))
  })
})
