import { describe, expect, it } from 'vitest'
import { createUtf8Decoder } from '../../src/encoders/utf8-decoder.ts'
import { toBytes } from '../support/bytes.ts'

describe('createUtf8Decoder', () => {
  it.each([
    ['characters of one to four bytes', toBytes('a\n é €\n 😀 b')],
    ['a byte order mark at the start and in the middle', toBytes('\uFEFFa\uFEFFb')],
    ['bytes that are no UTF-8', Uint8Array.of(0x61, 0xff, 0xe2, 0x82, 0x61, 0xc0, 0x80, 0xf0, 0x9f, 0x0a, 0x82)],
    ['a character that is cut at the end', toBytes('ab€').subarray(0, -1)],
  ])('decodes %s as a TextDecoder does, for every pair of cuts', (_name, bytes) => {
    const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    for (let first = 0; first <= bytes.length; first += 1) {
      for (let second = first; second <= bytes.length; second += 1) {
        const decoder = createUtf8Decoder()
        const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]
        const text = pieces.map((piece) => decoder.decode(piece)).join('') + decoder.end()
        expect(text, `cut at ${first} and ${second}`).toBe(expected)
      }
    }
  })
})
