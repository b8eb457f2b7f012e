import { describe, expect, it } from 'vitest'
import { textOfParts } from '../../src/dialects/text-of-parts.ts'

describe('textOfParts', () => {
  it('puts the text of each part on a line of its own', () => {
    const parts = [
      { type: 'text', text: 'Why' },
      { type: 'file', text: 'not this' },
      { type: 'text' },
      { type: 'text', text: 'so?' },
      null,
      'neither this',
    ]
    expect(textOfParts(parts)).toBe('Why\nso?')
    expect(textOfParts([])).toBe('')
  })

  it('takes the parts of the type that a protocol has for text', () => {
    const parts = [
      { type: 'input_text', text: 'Why?' },
      { type: 'text', text: 'not this' },
    ]
    expect(textOfParts(parts, 'input_text')).toBe('Why?')
  })
})
