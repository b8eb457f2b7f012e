import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toSupport } from '../../../src/core/citation/to-support.ts'
import { isChatError } from '../../../src/index.ts'
import { anyText } from './any-text.ts'

const TEXT = ' Cats 😀 sleep. '

describe('the passage of a judge', () => {
  it('is kept without other fields', () => {
    expect(passageOf({ start: 1, end: 5, score: 1 })).toEqual({ start: 1, end: 5 })
  })

  it.each([undefined, null])('may be %s', (passage) => {
    expect(toSupport({ support: 'weak', passage }, { text: TEXT })).toEqual({ support: 'weak', reasons: [] })
  })

  it('is widened to whole characters, and loses the white space around it', () => {
    expect(passageOf({ start: 7, end: 8 })).toEqual({ start: 6, end: 8 })
    expect(passageOf({ start: 6, end: 7 })).toEqual({ start: 6, end: 8 })
    expect(passageOf({ start: 0, end: TEXT.length })).toEqual({ start: 1, end: TEXT.length - 1 })
  })

  it.each([
    ['text', 'Cats'],
    ['a list', [1, 5]],
    ['a number', 1],
    ['no end', { start: 1 }],
    ['no start', { end: 5 }],
    ['digits', { start: '1', end: '5' }],
    ['a fraction', { start: 1, end: 5.5 }],
    ['NaN', { start: Number.NaN, end: 5 }],
    ['a negative start', { start: -1, end: 5 }],
    ['an end before the start', { start: 5, end: 1 }],
    ['nothing in it', { start: 5, end: 5 }],
    ['an end behind the text', { start: 1, end: TEXT.length + 1 }],
    ['an endless end', { start: 1, end: Infinity }],
  ])('is refused with %s, and the message names the range and the rule', (_, passage) => {
    expect(() => toSupport({ support: 'weak', passage }, { text: TEXT })).toThrow(
      /^A citation check returned a passage from .+ to .+: its start and end must be integers from 0 to 16, the length of/u,
    )
  })

  it('is refused if it is only white space', () => {
    expect(() => passageOf({ start: 0, end: 1 })).toThrow(
      'A citation check returned a passage that is only white space',
    )
  })

  it('is well formed and without surrounding white space, or refused, for any text and range', () => {
    fc.assert(
      fc.property(anyText, fc.nat(20), fc.nat(20), (text, start, end) => {
        try {
          const passage = toSupport({ support: 'weak', passage: { start, end } }, { text })?.passage
          const shown = text.slice(passage?.start, passage?.end)
          expect(shown).toBe(shown.trim())
          expect(shown.length).toBeGreaterThan(0)
          expect(shown.isWellFormed() || !text.isWellFormed()).toBe(true)
        } catch (thrown) {
          expect(isChatError(thrown)).toBe(true)
          expect(start >= end || end > text.length || text.slice(start, end).trim() === '').toBe(true)
        }
      }),
    )
  })
})

function passageOf(passage: unknown) {
  return toSupport({ support: 'weak', reasons: [], passage }, { text: TEXT })?.passage
}
