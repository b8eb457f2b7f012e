import fc from 'fast-check'

const FRAGMENTS = [
  'One sentence. ',
  'Is it? ',
  'See No. 5, Dr. Who. ',
  '一句话。',
  '第二句“引文”！',
  'word',
  'a very long word '.repeat(4),
  '😀',
  '\n',
  '\n\n',
  '\r\n',
  '# Heading\n',
  '## Sub #\n',
  '- ',
  '1. ',
  '> ',
  '```\n',
  '`code.',
  '`',
  '| a | b |\n',
  '<div>\n',
  '<!-- ',
  ' -->',
  '---\n',
  '[1]',
  '【2】',
  '[link](https://example.com/?q=1)',
  '![',
  '[',
  ']',
  '](',
  '(',
  '\\',
  '``',
  '\ud800',
  '\u2028',
]

/** Texts with all constructs that the splitters look for, in any order. */
export const markdownText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 40 })
  .map((fragments) => fragments.join(''))
