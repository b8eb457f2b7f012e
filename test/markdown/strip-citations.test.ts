import { describe, expect, it } from 'vitest'
import { stripCitations } from '../../src/markdown.ts'
import { cite } from './cite.ts'

describe('stripCitations', () => {
  it.each([
    ['the blank before', 'Cats sleep [1]. Dogs do not. [2]', 'Cats sleep. Dogs do not.'],
    ['no blank', '猫睡觉。[1]狗【2】', '猫睡觉。狗'],
    ['one blank of markers in a row', 'a [1][2] b [1] [2] c', 'a b c'],
    ['the blank after it at the start of a line', '[1] a\n[2] [1] b', 'a\nb'],
    ['the blank after the mark of a list', '- [1] a', '- a'],
    ['no indentation', '- a\n  [1] b', '- a\n  b'],
    ['no line break', 'a\n[1]\nb', 'a\n\nb'],
    ['everything', '[1]', ''],
  ])('removes the marker and %s', (_name, text, stripped) => {
    expect(stripCitations(cite(text))).toBe(stripped)
  })

  it('leaves an answer without markers as it is', () => {
    expect(stripCitations(cite('Cats [1]. [2] a', { strip: true }))).toBe('Cats .  a')
    expect(stripCitations({ answer: ' a [1]', sources: [], citations: [] })).toBe(' a [1]')
  })
})
