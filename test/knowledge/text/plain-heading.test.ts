import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainHeading } from '../../../src/knowledge/text/plain-heading.ts'
import { markdownText } from '../markdown-text.ts'

describe('plainHeading', () => {
  it.each([
    ['Options', 'Options'],
    ['Options {#options}', 'Options'],
    ['Options {#options .wide key="a b"} ##', 'Options'],
    ['Options ## {: #options }', 'Options'],
    ['Options {/* #options */}', 'Options'],
    ['The set {a, b}', 'The set {a, b}'],
    ['C# and F#', 'C# and F#'],
    ['`streamChat(options)`', 'streamChat(options)'],
    ['Use ``a ` b`` and `**kwargs`', 'Use a ` b and **kwargs'],
    ['**Bold**, *italic*, ***both***, ~~gone~~', 'Bold, italic, both, gone'],
    ['__Bold__ and _italic_', 'Bold and italic'],
    ['snake_case_name and 2 * 3 * 4', 'snake_case_name and 2 * 3 * 4'],
    ['[Link](https://a.example/?q=(1)) and [`code`][ref]', 'Link and code'],
    ['[![Logo](logo.png)](https://a.example) Name', 'Logo Name'],
    ['Note[^1]', 'Note'],
    ['<https://a.example> and <me@a.example>', 'https://a.example and me@a.example'],
    ['<a id="x"></a>Options<br/> <!-- note -->', 'Options'],
    ['Map<Key, Value>', 'Map<Key, Value>'],
    ['1\\. First \\*star\\*', '1. First *star*'],
    ['R&amp;D &lt;T&gt;', 'R&D <T>'],
    ['退货 **政策** {#returns}', '退货 政策'],
    ['Two `lines of\r\ncode`', 'Two lines of code'],
    ['An unpaired * star, ` tick and [bracket', 'An unpaired * star, ` tick and [bracket'],
    ['![](logo.png)', ''],
  ])('turns %j into %j', (markdown, plain) => {
    expect(plainHeading(markdown)).toBe(plain)
  })

  it('cuts a long heading between characters', () => {
    expect(plainHeading('😀'.repeat(2 ** 16))).toBe('😀'.repeat(100))
    expect(plainHeading(`a${'😀'.repeat(2 ** 16)}`)).toBe(`a${'😀'.repeat(99)}`)
  })

  it('returns one short line for any text', () => {
    fc.assert(
      fc.property(markdownText, (markdown) => {
        const plain = plainHeading(markdown)
        expect(plain).toMatch(/^(?:\S(?:[^\n\r]*\S)?)?$/u)
        expect(plain.length).toBeLessThanOrEqual(200)
      }),
    )
  })

  // A megabyte would take minutes if the time grew with the square of the length.
  it.each(['*', '_', '[', '![', '](', '`', '{#', '<a ', '<!--', '~~a', ' '])('cuts a megabyte of %j', (piece) => {
    expect(plainHeading(piece.repeat(2 ** 20 / piece.length)).length).toBeLessThanOrEqual(200)
  })
})
