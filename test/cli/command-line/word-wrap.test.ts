import stringWidth from 'fast-string-width'
import { describe, expect, it } from 'vitest'
import { createWordWrap, wrapText } from '../../../src/cli/command-line/word-wrap.ts'

/** Writes the parts one by one. A part in a list is a whole one. */
function wrapParts(parts: readonly (string | readonly [string])[], columns: number | undefined): string {
  let written = ''
  const wrap = createWordWrap({ columns: () => columns, write: (text) => (written += text) })
  for (const part of parts) {
    if (typeof part === 'string') wrap.add(part)
    else wrap.addWhole(part[0])
  }
  wrap.end()
  return written
}

describe('createWordWrap', () => {
  it.each([
    ['breaks between words', ['Green tea is a drink'], 10, 'Green tea\nis a drink'],
    [
      'keeps a marker with the word before its space',
      ['Tea is hot. ', ['[1, 2]'], ' Yes.'],
      12,
      'Tea is\nhot. [1, 2]\nYes.',
    ],
    ['keeps a marker with the word before it', ['Tea is hot', ['[1]'], '.'], 10, 'Tea is\nhot[1].'],
    ['breaks between Chinese characters', ['绿茶需要八十度的水'], 8, '绿茶需要\n八十度的\n水'],
    ['begins no line with closing punctuation', ['绿茶需要。八十度'], 8, '绿茶需\n要。八十\n度'],
    ['ends no line with opening punctuation', ['绿茶需（八十度）'], 8, '绿茶需\n（八十\n度）'],
    [
      'does not break a long word',
      ['see https://example.com/a/long/path now'],
      10,
      'see\nhttps://example.com/a/long/path\nnow',
    ],
    ['keeps newlines and indentations', ['- one\n  - two\n\nthree'], 20, '- one\n  - two\n\nthree'],
    ['breaks nothing without a terminal', ['Green tea is a drink ', ['[1]']], undefined, 'Green tea is a drink [1]'],
  ] as const)('%s', (_name, parts, columns, expected) => {
    expect(wrapParts(parts, columns)).toBe(expected)
  })

  it('writes the same lines, however the text is cut', () => {
    const text = 'Green tea (绿茶) is steeped at 80 °C。\n  - and “this” 需要八十度的水, too.'
    for (const columns of [7, 12, 40]) {
      const whole = wrapParts([text], columns)
      for (let cut = 0; cut <= text.length; cut++) {
        expect(wrapParts([text.slice(0, cut), text.slice(cut)], columns)).toBe(whole)
      }
    }
  })
})

describe('wrapText', () => {
  it('indents all lines but the first, within the width', () => {
    const wrapped = wrapText('[1] Tea > Green tea > How hot is the water', { columns: 16, indent: '    ' })
    expect(wrapped).toBe('[1] Tea > Green\n    tea > How\n    hot is the\n    water')
    for (const line of wrapped.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(16)
  })
})
