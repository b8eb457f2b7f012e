import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSentences } from '../../../src/core/text/split-sentences.ts'
import { markdownText } from '../../knowledge/markdown-text.ts'

describe('splitSentences', () => {
  it('splits English and Chinese', () => {
    expect(splitSentences('One. Two? Three!')).toEqual(['One. ', 'Two? ', 'Three!'])
    expect(splitSentences('第一句。第二句！')).toEqual(['第一句。', '第二句！'])
  })

  it('ends a sentence before code in small letters', () => {
    const sentences = [
      'Call it. ',
      '`createChat` checks it. ',
      '`--flag` is off.  ',
      '**`npm`** is on. ',
      'See (it.) ',
      '`a`.',
    ]
    expect(splitSentences(sentences.join(''))).toEqual(sentences)
  })

  it('ends a sentence behind the emphasis that it closes and behind a footnote mark', () => {
    const sentences = ['It is so.[^1] ', '**It is off.** ', 'Turn *it on.* ', '__Done!__']
    expect(splitSentences(sentences.join(''))).toEqual(sentences)
  })

  it('ends a sentence before a link in small letters', () => {
    const sentences = ['Call it. ', '[examples/page](../page) is a page. ', 'See (it, etc. [a](b)). ', '[a] b']
    expect(splitSentences(sentences.join(''))).toEqual([...sentences.slice(0, 2), sentences.slice(2).join('')])
  })

  it('ends a sentence behind a quoted question, if the next one begins with a capital', () => {
    expect(splitSentences('She asked: "Why?" Nobody knew.')).toEqual(['She asked: "Why?" ', 'Nobody knew.'])
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
    'Call `a. ` or e.g. `b`, `c`, etc. `d` too.',
    'See ![Alt text](a.png).',
    'The question "And on Sundays?" lacks its subject.',
    '“Stop!” she cried (really!) and left.',
    '[The page](../../examples/page) opens `../..` and https://a.example/?Q=1#!Top at once.',
  ])('does not split %j', (sentence) => {
    expect(splitSentences(sentence)).toEqual([sentence])
  })

  it('ends a sentence at a blank line, before and behind a heading, and before list items and rows of a table', () => {
    const blocks = [
      '# One\n',
      'two\n\n',
      'three\n\n\n',
      '## Four\n\n',
      '- five\n',
      '12. six\n',
      '* seven\n',
      '| 8 |\n',
      '| 9 |',
    ]
    expect(splitSentences(blocks.join(''))).toEqual(blocks)
    const lines = blocks.map((block) => block.replaceAll('\n', '\r\n'))
    expect(splitSentences(lines.join(''))).toEqual(lines)
  })

  it('returns no sentence of only white space', () => {
    expect(splitSentences('\n \n\nOne.\n\n \n')).toEqual(['\n \n\nOne.\n\n \n'])
  })

  it('finds the sentences behind a block of code, also in a text that begins inside of it', () => {
    const behind = ['Use it. ', 'The `flag` is off. ', 'That is all.']
    expect(splitSentences(`const a = 1\n\`\`\`\n\n${behind.join('')}`).slice(-3)).toEqual(behind)
    expect(splitSentences(`const a = \`1\`\n\`\`\`\n\n${behind.join('')}`).slice(-3)).toEqual(behind)
    expect(splitSentences(`\`\`\`\na\n\nb. C\n\`\`\`\n\n${behind.join('')}`).slice(-3)).toEqual(behind)
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
