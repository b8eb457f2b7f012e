import { describe, expect, it } from 'vitest'
import { safeJson, safeStyledText, safeText } from '../../../src/cli/command-line/safe-text.ts'
import { linkTo } from '../../../src/cli/command-line/terminal-links.ts'

const ESC = '\u001b'

// Each text with what a terminal may get of it.
const UNSAFE = [
  ['a colour', `a${ESC}[31mb`, 'ab'],
  ['a move of the cursor', `a${ESC}[2Jb${ESC}[1;1Hc`, 'abc'],
  ['a title of the window', `a${ESC}]0;title\u0007b`, 'ab'],
  ['a link', `a${ESC}]8;;http://evil.example\u0007b${ESC}]8;;\u0007c`, 'abc'],
  ['an escape without an end', `a${ESC}]52;c;aGk=`, 'a;aGk='],
  ['a lone escape', `a${ESC}`, 'a'],
  ['an escape of one byte', 'a\u009b31mb\u0090q\u009c', 'abq'],
  ['a bell and a backspace', 'a\u0007\u0008b', 'ab'],
  ['a carriage return', 'safe\revil', 'safeevil'],
  ['a line end of Windows', 'a\r\nb', 'a\nb'],
  ['a NUL and a delete', 'a\u0000b\u007fc', 'abc'],
  ['changes of direction', 'a\u202eb\u2066c\u2069d\u200ee', 'abcde'],
  ['invisible letters', 'a\u{e0041}\u{e007f}b\ufeffc\u2060d', 'abcd'],
  ['a separator of lines', 'a\u2028b', 'ab'],
  ['an unpaired surrogate', 'a\ud800b', 'a\ufffdb'],
] as const

const HARMLESS = 'Tea\tと 茶 [1], é, e\u0301, 👩‍👩‍👧, عربي, می‌خواهم\nnext "line" \\'

// oxlint-disable-next-line no-control-regex -- what must never reach a terminal
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u

describe('safeText', () => {
  it.each(UNSAFE)('removes %s', (_name, given, safe) => {
    expect(safeText(given)).toBe(safe)
  })

  it('keeps the text of every script, tabs, newlines and joined emoji', () => {
    expect(safeText(HARMLESS)).toBe(HARMLESS)
  })

  it('removes every control when the text comes in two parts, wherever it is cut', () => {
    const all = UNSAFE.map(([, given]) => given).join(' ')
    for (let cut = 0; cut <= all.length; cut++) {
      expect(safeText(all.slice(0, cut)) + safeText(all.slice(cut))).not.toMatch(OBEYED)
    }
  })
})

describe('safeStyledText', () => {
  it('keeps styles and removes all other controls', () => {
    const styled = `${ESC}[1mSources${ESC}[22m ${ESC}[2J${ESC}]0;x\u0007\rdone`
    expect(safeStyledText(styled)).toBe(`${ESC}[1mSources${ESC}[22m done`)
  })
})

describe('safeJson', () => {
  it.each(UNSAFE)('escapes %s without a loss', (_name, given) => {
    const json = safeJson({ given })
    expect(json).not.toMatch(OBEYED)
    expect(JSON.parse(json)).toEqual({ given })
  })
})

describe('linkTo', () => {
  it('ends at its end, whatever the address contains', () => {
    const link = linkTo(`file:///a%20b/ü\u0007${ESC}\\x`, 'tea.md')
    expect(link).toBe(`${ESC}]8;;file:///a%20b/%C3%BC\\x${ESC}\\tea.md${ESC}]8;;${ESC}\\`)
  })
})
