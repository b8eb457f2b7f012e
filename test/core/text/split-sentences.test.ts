import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSentences } from '../../../src/core/text/split-sentences.ts'
import { markdownText } from '../../knowledge/markdown-text.ts'

describe('splitSentences', () => {
  it('splits English and Chinese', () => {
    expect(splitSentences('One. Two? Three!')).toEqual(['One. ', 'Two? ', 'Three!'])
    expect(splitSentences('第一句。第二句！')).toEqual(['第一句。', '第二句！'])
  })

  it('does not end a sentence at a line break', () => {
    expect(splitSentences('One sentence\nover two lines.\nAnother.')).toEqual([
      'One sentence\nover two lines.\n',
      'Another.',
    ])
  })

  it.each([
    'Dr. Smith met J. R. R. Tolkien.',
    'The U.S. Army left on Sept. 11, The Times wrote.',
    'It is shown in Fig. A and on p. X.',
    '1. First of all.',
    'Call `a. B` or `c! D`.',
    'See ![Alt text](a.png).',
  ])('does not split %j', (sentence) => {
    expect(splitSentences(sentence)).toEqual([sentence])
  })

  it('continues after an unpaired backtick', () => {
    expect(splitSentences('A ` here. And more. End.')).toHaveLength(3)
  })

  it('loses and adds no text, for any input', () => {
    fc.assert(
      fc.property(markdownText, (text) => {
        expect(splitSentences(text).join('')).toBe(text)
      }),
    )
  })
})
